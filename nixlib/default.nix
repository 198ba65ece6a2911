# Functions from model definitions to derivations. They need builtins and nothing else.
#
#   fetcher   the package of the executable nix-ai-models, or { command = [ "/nix/store/…" … ]; }
#   caBundle  a file of CA certificates in the store; in the sandbox there is no other
#   pkgs      nixpkgs, where it is at hand: only mkValidator's inline scripts need it
#   warn      how to warn at evaluation, String -> a -> a; the modules have NixOS' own way
#
#   with import ./nixlib { fetcher = pkgs.nix-ai-models; caBundle = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt"; };
#   fetchModel { name = "bert-tiny"; source.huggingface.repo = "prajjwal1/bert-tiny"; hash = ""; }
{
  fetcher,
  system ? builtins.currentSystem,
  caBundle ? null,
  pkgs ? null,
  warn ? import ./warn.nix,
}:
let
  lib = {
    inherit
      fetcher
      system
      caBundle
      warn
      ;
  };
in
rec {
  fetchHuggingFace = import ./fetchHuggingFace.nix lib;
  fetchHuggingFaceFile = import ./fetchHuggingFaceFile.nix lib;
  fetchModel = import ./fetchModel.nix lib;
  mkModels = import ./mkModels.nix { inherit fetchModel; };
  validation = {
    presets = import ./validation/presets.nix;
    validators = import ./validation/validators.nix;
    mkValidator = import ./validation/mkValidator.nix { inherit pkgs; };
  };
  modelPaths = import ./modelPaths.nix { inherit mkModels; };
  hfCache = import ./hfCache.nix lib { inherit mkModels; };
}
