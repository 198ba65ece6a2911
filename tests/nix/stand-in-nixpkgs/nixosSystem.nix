# The part of NixOS that our module and examples use. The system is a text of its services.
#
#   nixosSystem : { pkgs; specialArgs : { nix-ai-models : Flake; }; modules : [Module]; } -> { config; … }
{
  pkgs,
  specialArgs,
  modules,
}:
let
  lib = import ./module-system/lib.nix;
  evaluated = import ./module-system/nixos.nix {
    inherit lib pkgs modules;
    inherit (specialArgs) nix-ai-models;
  };
  inherit (evaluated) config;
  failed = builtins.filter (each: !each.assertion) config.assertions;
  toplevel =
    if failed == [ ] then
      pkgs.writeText "system" (builtins.toJSON config.systemd.services)
    else
      throw (builtins.head failed).message;
in
evaluated
// {
  config = config // {
    system = config.system // {
      build = { inherit toplevel; };
    };
  };
}
