{
  description = "Models as Nix packages";

  inputs = {
    nix-ai-models.url = "github:nix-ai-models/nix-ai-models";
    nixpkgs.follows = "nix-ai-models/nixpkgs";
  };

  # nix build .#models.llama
  outputs =
    { nix-ai-models, nixpkgs, ... }:
    {
      legacyPackages = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (
        system: {
          models = nix-ai-models.lib.instantiate nixpkgs.legacyPackages.${system} (import ./models.nix);
        }
      );
    };
}
