{ pkgs, nix-ai-models, ... }:
let
  inherit (nix-ai-models.lib) farm fetchHuggingFaceFile;
  coder = farm pkgs {
    "ggml/model-00001-of-00001.gguf" = fetchHuggingFaceFile pkgs {
      repo = "Qwen/Qwen2.5-Coder-1.5B-GGUF";
      file = "qwen2.5-coder-1.5b-q8_0.gguf";
      hash = ""; # the build prints it
    };
    "tabby.json" = pkgs.writeText "tabby.json" (
      builtins.toJSON {
        prompt_template = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>";
      }
    );
  };
in
{
  services.tabby = {
    enable = true;
    model = "${coder}";
  };
}
