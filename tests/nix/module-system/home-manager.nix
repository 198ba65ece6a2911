# A Home Manager configuration with our module and without Home Manager; see nixos.nix.
{
  modules ? [ ],
  fetcher ? { },
  isLinux ? true,
  home ? "/home/u",
  lib ? import ./lib.nix,
  pkgs ? import ./pkgs.nix { inherit lib fetcher; } // {
    stdenv.hostPlatform = {
      system = if isLinux then builtins.currentSystem else "aarch64-darwin";
      inherit isLinux;
      isDarwin = !isLinux;
    };
  },
  nix-ai-models ? import ./flake.nix pkgs,
}:
let
  inherit (lib) mkOption types;
  of =
    type: default:
    mkOption {
      inherit type default;
    };

  base.options = {
    assertions = of (types.listOf types.raw) [ ];
    warnings = of (types.listOf types.str) [ ];
    xdg.cacheHome = of types.str "${home}/.cache";
    xdg.stateHome = of types.str "${home}/.local/state";
    nix.enable = of types.bool true;
    nix.package = of (types.nullOr types.package) null;
    home.homeDirectory = of types.str home;
    home.profileDirectory = of types.str "${home}/.nix-profile";
    home.packages = of (types.listOf types.package) [ ];
    home.file = of (types.attrsOf types.anything) { };
    home.sessionVariables = of (types.attrsOf types.anything) { };
    home.extraDependencies = of (types.listOf types.path) [ ];
    home.activation = of (types.attrsOf types.anything) { };
    systemd.user.sessionVariables = of (types.attrsOf types.anything) { };
    launchd.agents = of (types.attrsOf types.anything) { };
  };
in
lib.evalModules {
  specialArgs = {
    inherit lib pkgs nix-ai-models;
  };
  modules = [
    base
    nix-ai-models.homeManagerModules.default
  ]
  ++ modules;
}
