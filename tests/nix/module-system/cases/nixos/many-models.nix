# The first thing that a user writes: gated and open models, nothing pinned, a token from sops.
{
  config,
  lib,
  nix-ai-models,
  ...
}:
let
  shards = map (i: "model-0000${toString i}-of-00002.safetensors") (lib.range 1 2);
in
{
  services.ai-models = {
    enable = true;
    models = {
      llama-2-7b = {
        source.huggingface.repo = "meta-llama/Llama-2-7b-hf";
        hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      };
      bert-tiny = {
        source.huggingface.repo = "prajjwal1/bert-tiny";
        hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        validation.preset = "minimal";
      };
      llama-70b = {
        source.huggingface = {
          repo = "meta-llama/Llama-2-70b-chat-hf";
          files = [
            "config.json"
            "tokenizer.json"
          ]
          ++ shards;
        };
        hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        validation = nix-ai-models.lib.validation.presets.strict;
      };
    };
    integration.huggingface = {
      enable = true;
      cacheDir = "/var/cache/huggingface/hub";
    };
    validation.preset = "standard";
    auth.tokenFile = "/run/secrets/hf-token";
    group = "ai-models";
  };
  systemd.services.my-inference = {
    after = [ "ai-models.service" ];
    environment = {
      HF_HOME = "/var/cache/huggingface";
      HF_HUB_OFFLINE = "1";
    };
  };
  systemd.services.embedding.environment.MODEL_PATH = config.services.ai-models.modelPaths.bert-tiny;
}
