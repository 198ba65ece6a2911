{
  config,
  pkgs,
  nix-ai-models,
  ...
}:
let
  inherit (config.services.ai-models) modelPaths;
  server = "${pkgs.llama-cpp}/bin/llama-server --port \${PORT}";
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  # One file, pinned by the sha256 on the Hub's page.
  services.llama-cpp = {
    enable = true;
    model = "${nix-ai-models.lib.fetchHuggingFaceFile pkgs {
      repo = "unsloth/gemma-4-E2B-it-GGUF";
      rev = "e18a8a48036a5da3e89c1152441ab57546a70873";
      file = "gemma-4-E2B-it-BF16.gguf";
      hash = "sha256-6qxha1GK93R8Jpo1O3jsWlf6pmk+qUcLBOcp8vlw//w=";
    }}";
  };

  # Several models, started when they are asked for; a split one by its first part.
  services.ai-models = {
    enable = true;
    models.small = {
      source.huggingface.repo = "unsloth/Qwen3-0.6B-GGUF";
      source.huggingface.files = [ "Qwen3-0.6B-Q4_K_M.gguf" ];
      hash = ""; # the build prints it
    };
    models.large = {
      source.huggingface.repo = "unsloth/Qwen3-235B-A22B-GGUF";
      source.huggingface.files = [ "Q4_K_M/*.gguf" ];
      hash = "";
    };
  };
  services.llama-swap = {
    enable = true;
    port = 8081;
    settings.models = {
      small.cmd = "${server} -m ${modelPaths.small}/Qwen3-0.6B-Q4_K_M.gguf";
      large.cmd = "${server} -m ${modelPaths.large}/Q4_K_M/Qwen3-235B-A22B-Q4_K_M-00001-of-00003.gguf";
    };
  };
}
