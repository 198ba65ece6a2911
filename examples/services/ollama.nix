{ pkgs, nix-ai-models, ... }:
let
  inherit (nix-ai-models.lib) fetchHuggingFaceFile ollamaModels;
  models = ollamaModels pkgs {
    "gemma4:e2b" = fetchHuggingFaceFile pkgs {
      repo = "unsloth/gemma-4-E2B-it-GGUF";
      rev = "e18a8a48036a5da3e89c1152441ab57546a70873";
      file = "gemma-4-E2B-it-BF16.gguf";
      hash = "sha256-6qxha1GK93R8Jpo1O3jsWlf6pmk+qUcLBOcp8vlw//w=";
    };
    "glm:flash" = {
      model = fetchHuggingFaceFile pkgs {
        repo = "unsloth/GLM-4.7-Flash-GGUF";
        rev = "bc383b21e43b880a69b6a0a3d41f26710c3608f3";
        file = "GLM-4.7-Flash-Q4_K_M.gguf";
        hash = "sha256-U5kOx/V9DW/ezUTlU8LrqHeMN3um1Zg8+oxMqqJvKC0=";
      };
      system = "Answer in one sentence.";
      parameters.temperature = 0.7;
    };
  };
in
{
  services.ollama = {
    enable = true;
    models = "${models}";
    environmentVariables.OLLAMA_NOPRUNE = "1";
  };
}
