{
  description = "Hugging Face models as ordinary Nix inputs: pinned, hashed, shared, found offline";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      eachSystem =
        make:
        builtins.listToAttrs (
          map
            (system: {
              name = system;
              value = make nixpkgs.legacyPackages.${system};
            })
            [
              "x86_64-linux"
              "aarch64-linux"
            ]
        );
      with' = pkgs: import ./. { inherit pkgs; };
    in
    {
      # Functions that build take the packages that they build with first: `lib.fetchModel pkgs { …
      # }`.
      lib = {
        fetchHuggingFace = pkgs: (with' pkgs).fetchHuggingFace;
        fetchHuggingFaceFile = pkgs: (with' pkgs).fetchHuggingFaceFile;
        fetchModel = pkgs: (with' pkgs).fetchModel;
        hfCache = pkgs: (with' pkgs).hfCache;
        farm = pkgs: (with' pkgs).farm;
        ollamaModels = pkgs: (with' pkgs).ollamaModels;
        instantiate = pkgs: (with' pkgs).mkModels;
        modelPaths = import ./nixlib/modelPaths.nix { mkModels = models: models; };
        validation = {
          presets = import ./nixlib/validation/presets.nix;
          validators = import ./nixlib/validation/validators.nix;
        };
      };

      nixosModules = rec {
        ai-models = ./modules/nixos.nix;
        default = ai-models;
      };
      homeManagerModules = rec {
        ai-models = ./modules/home-manager.nix;
        default = ai-models;
      };
      homeModules = self.homeManagerModules;

      packages = eachSystem (
        pkgs:
        let
          inherit (with' pkgs) nix-ai-models nix-prefetch-hf;
        in
        {
          inherit nix-ai-models nix-prefetch-hf;
          default = nix-ai-models;
        }
      );

      # The functions, and pins of public models: `nix build .#models.NAME`.
      legacyPackages = eachSystem (
        pkgs:
        with' pkgs
        // {
          models = (with' pkgs).mkModels ./examples/public-models/models.lock.json;
        }
      );

      overlays.default = final: _: {
        nix-ai-models = final.callPackage ./fetcher/package.nix { };
        inherit
          (import ./. {
            pkgs = final;
            inherit (final) nix-ai-models;
          })
          nix-prefetch-hf
          fetchHuggingFace
          ;
      };

      templates.default = {
        path = ./examples/flake-template;
        description = "Models as packages: nix build .#models.llama";
      };

      checks = eachSystem (
        pkgs:
        import ./tests/nix/checks.nix { inherit self nixpkgs pkgs; }
        // {
          package = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
        }
      );

      formatter = eachSystem (pkgs: pkgs.nixfmt-tree);

      devShells = eachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.dotnetCorePackages.sdk_10_0
            pkgs.brotli
            pkgs.stdenv.cc
            pkgs.openssl
            pkgs.zlib
            pkgs.nodejs
            pkgs.nixfmt-tree
          ];
        };
      });
    };
}
