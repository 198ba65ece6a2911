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
              "aarch64-darwin"
            ]
        );
      # The executable for a user's packages is that of this flake's own nixpkgs: the user's may have no
      # .NET SDK 10, and its updates would give every model a new path.
      ownPackageFor =
        pkgs:
        (self.packages.${pkgs.stdenv.hostPlatform.system} or { }).nix-ai-models
          or (pkgs.callPackage ./fetcher/package.nix { });
      packageFor = pkgs: pkgs.nix-ai-models or (ownPackageFor pkgs);
      with' =
        pkgs:
        import ./. {
          inherit pkgs;
          nix-ai-models = packageFor pkgs;
        };
      # A file of modules/ with that executable, at the place where `within` puts it; `key` makes one
      # module of two imports.
      moduleOf = file: within: {
        key = "nix-ai-models ${baseNameOf file}";
        imports = [
          file
          ({ lib, pkgs, ... }: within { ai-models.package = lib.mkDefault (packageFor pkgs); })
        ];
      };
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
        modelEnvironment = pkgs: (with' pkgs).modelEnvironment;
        mkModelWrapper = pkgs: (with' pkgs).mkModelWrapper;
        ociImage = pkgs: (with' pkgs).ociImage;
        instantiate = pkgs: (with' pkgs).mkModels;
        modelPaths = import ./nixlib/modelPaths.nix { mkModels = models: models; };
        validation = {
          presets = import ./nixlib/validation/presets.nix;
          validators = import ./nixlib/validation/validators.nix;
          mkValidator = pkgs: (with' pkgs).validation.mkValidator;
        };
      };

      nixosModules = rec {
        ai-models = moduleOf ./modules/nixos.nix (services: { inherit services; });
        default = ai-models;
      };
      homeManagerModules = rec {
        ai-models = moduleOf ./modules/home-manager.nix (programs: { inherit programs; });
        default = ai-models;
      };
      homeModules = self.homeManagerModules;
      devenvModules = rec {
        ai-models = moduleOf ./modules/devenv.nix (top: top);
        default = ai-models;
      };

      packages = eachSystem (
        pkgs:
        let
          inherit
            (import ./. {
              inherit pkgs;
              nix-ai-models = pkgs.callPackage ./fetcher/package.nix { };
            })
            nix-ai-models
            nix-prefetch-hf
            ;
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

      overlays.default =
        final: _:
        let
          ours = with' final;
        in
        {
          nix-ai-models = ownPackageFor final;
          inherit (ours)
            nix-prefetch-hf
            fetchHuggingFace
            fetchHuggingFaceFile
            fetchModel
            hfCache
            mkModels
            modelPaths
            farm
            ollamaModels
            modelEnvironment
            mkModelWrapper
            ociImage
            ;
          aiModelValidation = ours.validation;
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
