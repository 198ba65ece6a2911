# One GGUF for llama.cpp's server: a file in the store, pinned by the sha256 on the Hub's page.
{ pkgs, nix-ai-models, ... }:
{
  services.llama-cpp = {
    enable = true;
    model = "${nix-ai-models.lib.fetchHuggingFaceFile pkgs {
      repo = "unsloth/gemma-4-E2B-it-GGUF";
      rev = "e18a8a48036a5da3e89c1152441ab57546a70873";
      file = "gemma-4-E2B-it-BF16.gguf";
      hash = "sha256-6qxha1GK93R8Jpo1O3jsWlf6pmk+qUcLBOcp8vlw//w=";
    }}";
  };
}
