# The configurations whose answers are compared.
let
  inherit (builtins) attrNames listToAttrs readDir;
  folder =
    path:
    listToAttrs (
      map (name: {
        inherit name;
        value = path + "/${name}";
      }) (attrNames (readDir path))
    );
in
{
  nixos = folder ./cases/nixos // {
    "example production-server" = ../../../examples/production-server/configuration.nix;
    "example pipeline" = ../../../examples/pipeline/configuration.nix;
    "example container" = ../../../examples/container/configuration.nix;
  };
  # Only NixOS' own module system answers these: the stand-in does not know the services.
  services = folder ../../../examples/services;
  # On a Mac.
  darwin = folder ./cases/darwin // {
    "example workstation" = ../../../examples/workstation/home.nix;
  };
  homeManager = folder ./cases/home-manager // {
    "example workstation" = ../../../examples/workstation/home.nix;
  };
}
