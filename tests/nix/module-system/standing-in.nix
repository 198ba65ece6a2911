# The stand-in's answers to every case and example.
#
#   nix-instantiate --eval --strict --json tests/nix/module-system/standing-in.nix
let
  answers = import ./answers.nix;
  cases = import ./cases.nix;
  of = { config, ... }: {
    inherit config;
    inherit (config) assertions warnings;
  };
in
{
  nixos = builtins.mapAttrs (
    _: file: answers.nixos (of (import ./nixos.nix { modules = [ file ]; }))
  ) cases.nixos;
  homeManager = builtins.mapAttrs (
    _: file: answers.homeManager (of (import ./home-manager.nix { modules = [ file ]; }))
  ) cases.homeManager;
  darwin = builtins.mapAttrs (
    _: file:
    answers.darwin (
      of (
        import ./home-manager.nix {
          modules = [ file ];
          isLinux = false;
          home = "/Users/u";
        }
      )
    )
  ) cases.darwin;
}
