# The outputs of our flake on the stand-in's packages: what a configuration is handed as
# `nix-ai-models`.
pkgs:
let
  outputs = (import ../../../flake.nix).outputs {
    self = outputs;
    nixpkgs.legacyPackages = {
      x86_64-linux = pkgs;
      aarch64-linux = pkgs;
      aarch64-darwin = pkgs;
    };
  };
in
outputs
