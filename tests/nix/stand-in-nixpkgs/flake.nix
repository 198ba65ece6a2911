# Stands in for nixpkgs where that is not available. A test copies this folder, tests/nix/fetcher.nix,
# tests/nix/module-system, `bin` and `runtime` of artifacts/, and the machine's CA certificates into one
# folder, which is the input:
#
#   nix build --override-input nixpkgs path:FOLDER .#nix-ai-models
{
  outputs = _: {
    lib =
      import ./lib.nix
      // import ./module-system/lib.nix
      // {
        nixosSystem = import ./nixosSystem.nix;
      };
    legacyPackages = (import ./lib.nix).genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (
      system: import ./. { inherit system; }
    );
  };
}
