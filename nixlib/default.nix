# Functions from model definitions to derivations. They need builtins and nothing else.
#
#   { fetcher : Package | { command : [String]; interpreter : String; }; system ? String;
#     caBundle ? String; pkgs ? Packages; warn ? String -> a -> a; sources ? { <name> = Source; }; }
#     -> { fetchHuggingFace, fetchModel, … }
#     caBundle  a file of CA certificates in the store: the sandbox has no other
#     pkgs      nixpkgs, where it is at hand: the inline scripts of mkValidator need it
#     warn      warns during evaluation: the modules have NixOS' own way
#     sources   further sources, by the word in `source.<word>` (docs/adding-a-source.md)
#
#   with import ./nixlib { fetcher = pkgs.nix-ai-models; caBundle = "${cacert}/etc/ssl/certs/ca-bundle.crt"; };
#   fetchModel { name = "bert-tiny"; source.huggingface.repo = "prajjwal1/bert-tiny"; hash = ""; }
{
  fetcher,
  system ? builtins.currentSystem,
  caBundle ? null,
  pkgs ? null,
  warn ? import ./warn.nix,
  sources ? { },
}:
let
  # What every derivation is built with; `Context` in the signatures.
  context = {
    inherit
      fetcher
      system
      caBundle
      warn
      ;
    sources = import ./sources.nix // sources;
  };
in
rec {
  fetchHuggingFace = import ./fetchHuggingFace.nix context;
  fetchHuggingFaceFile = import ./fetchHuggingFaceFile.nix context;
  fetchModel = import ./fetchModel.nix context;
  mkModels = import ./mkModels.nix { inherit fetchModel; };
  validation = {
    presets = import ./validation/presets.nix;
    validators = import ./validation/validators.nix;
    mkValidator = import ./validation/mkValidator.nix { inherit pkgs; };
  };
  modelPaths = import ./modelPaths.nix { inherit mkModels; };
  hfCache = import ./hfCache.nix context { inherit mkModels; };
  modelEnvironment = import ./modelEnvironment.nix { inherit mkModels hfCache; };
  mkModelWrapper = import ./mkModelWrapper.nix context { inherit modelEnvironment; };
  farm = import ./farm.nix context;
  ociImage = import ./ociImage.nix context { inherit mkModels hfCache farm; };
  ollamaModels = import ./ollamaModels.nix context;
}
