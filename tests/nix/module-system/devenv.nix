# A shell of devenv with our module and without devenv: the options of its src/modules/top-level.nix
# that the module sets.
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

  base.options = {
    assertions = of (types.listOf types.raw) [ ];
    warnings = of (types.listOf types.str) [ ];
    env = of (types.attrsOf types.anything) { };
    packages = of (types.listOf types.package) [ ];
  };
in
lib.evalModules {
  specialArgs = {
    inherit lib pkgs nix-ai-models;
  };
  modules = [
    base
    nix-ai-models.devenvModules.default
  ]
  ++ modules;
}
