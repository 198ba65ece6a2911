# A NixOS configuration with our module and without NixOS: only the options that the module and the
# examples set.
#
#   nix-instantiate --eval --strict --json tests/nix/module-system/nixos.nix \
#     --arg modules '[ ./examples/production-server/configuration.nix ]' \
#     -A config.systemd.services.ai-models.serviceConfig
{
  modules ? [ ],
  fetcher ? { },
  lib ? import ./lib.nix,
  pkgs ? import ./pkgs.nix { inherit lib fetcher; },
  nix-ai-models ? import ./flake.nix pkgs,
}:
let
  inherit (lib) mkOption types;
  of =
    type: default:
    mkOption {
      inherit type default;
    };
  strings = of (types.listOf types.str) [ ];
  flag = of types.bool;
  anything = of (types.attrsOf types.anything) { };

  service = types.submodule {
    options = {
      description = of types.str "";
      wantedBy = strings;
      requiredBy = strings;
      after = strings;
      before = strings;
      wants = strings;
      requires = strings;
      conflicts = strings;
      partOf = strings;
      bindsTo = strings;
      reloadTriggers = of (types.listOf types.anything) [ ];
      path = of (types.listOf types.package) [ ];
      script = of types.str "";
      restartIfChanged = flag true;
      stopIfChanged = flag true;
      reloadIfChanged = flag false;
      environment = of (types.attrsOf types.str) { };
      serviceConfig = anything;
      unitConfig = anything;
    };
  };

  base.options = {
    assertions = of (types.listOf types.raw) [ ];
    warnings = strings;
    environment.systemPackages = of (types.listOf types.package) [ ];
    system.extraDependencies = of (types.listOf types.path) [ ];
    users.groups = anything;
    users.users = anything;
    systemd.package = of types.package pkgs.systemd;
    systemd.tmpfiles.settings = anything;
    systemd.services = of (types.attrsOf service) { };
    nix.package = of types.package pkgs.nix;
    networking.proxy.envVars = of (types.attrsOf types.str) { };
    sops.secrets = anything;
    containers = anything;
    services.llama-cpp = anything;
    services.llama-swap = anything;
    services.ollama = anything;
    services.open-webui = anything;
    services.wyoming = anything;
    services.tabby = anything;
    services.immich = anything;
    virtualisation.oci-containers = anything;
    boot.isContainer = flag false;
    system.stateVersion = of types.str "";
  };
in
lib.evalModules {
  specialArgs = {
    inherit lib pkgs nix-ai-models;
  };
  modules = [
    base
    nix-ai-models.nixosModules.default
  ]
  ++ modules;
}
