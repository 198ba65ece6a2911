# Evaluates the modules and every example with the flake's own nixpkgs: the flake's `checks`. A check is
# a text with the path of a derivation that is not built, since that would fetch the models.
#
#   { self : Flake; nixpkgs : Flake; pkgs : Packages; } -> { <name> : Derivation }
{
  self,
  nixpkgs,
  pkgs,
}:
let
  inherit (nixpkgs) lib;
  inherit (pkgs.stdenv.hostPlatform) system;
  inherit (builtins) mapAttrs toJSON unsafeDiscardStringContext;

  nixos =
    example:
    let
      system = lib.nixosSystem {
        inherit pkgs;
        specialArgs.nix-ai-models = self;
        modules = [
          example
          {
            # The option of sops-nix that the production server sets.
            options.sops.secrets = lib.mkOption { type = lib.types.attrsOf lib.types.anything; };
            config.boot.isContainer = true;
            config.system.stateVersion = "26.05";
          }
        ];
      };
    in
    system.config.system.build.toplevel.drvPath;

  # Home Manager is not an input of the flake: its options are stand-ins.
  home =
    example:
    let
      inherit (import ./module-system/lib.nix) hm;
      inherit (evaluate [ example ]) config;
      evaluate =
        modules:
        import ./module-system/home-manager.nix {
          lib = lib // {
            inherit hm;
          };
          inherit pkgs modules;
          nix-ai-models = self;
        };
      failed = builtins.filter (each: !each.assertion) config.assertions;
    in
    if failed == [ ] then
      config.home.activation.aiModels.data
    else
      throw (builtins.head failed).message;

  # A machine of NixOS is Linux.
  machines = lib.optionalAttrs pkgs.stdenv.hostPlatform.isLinux {
    nixos-container = nixos ../../examples/container/configuration.nix;
    nixos-llama-cpp = nixos ../../examples/llama-cpp/configuration.nix;
    nixos-pipeline = nixos ../../examples/pipeline/configuration.nix;
    nixos-production-server = nixos ../../examples/production-server/configuration.nix;
  };

  evaluated = machines // {
    home-manager-workstation = home ../../examples/workstation/home.nix;
    dev-shell = import ../../examples/dev-shell/shell.nix {
      inherit pkgs;
      nix-ai-models = self.legacyPackages.${system};
    };
    oci-image = import ../../examples/oci-image {
      inherit pkgs;
      nix-ai-models = self.legacyPackages.${system};
    };
    flake-template =
      ((import ../../examples/flake-template/flake.nix).outputs {
        nix-ai-models = self;
        inherit nixpkgs;
      }).legacyPackages.${system}.models;
    public-models = self.legacyPackages.${system}.models;
  };
in
mapAttrs (name: value: pkgs.writeText name (unsafeDiscardStringContext (toJSON value))) evaluated
