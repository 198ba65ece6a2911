# A first configuration: unpinned models, a preset by name and one as a set, a token from a
# secrets manager, consumers of all kinds.
{ config, ... }:
let
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  presets = import ../../../../../nixlib/validation/presets.nix;
in
{
  services.ai-models = {
    enable = true;
    models = {
      llama-2-7b = {
        source.huggingface.repo = "meta-llama/Llama-2-7b-hf";
        inherit hash;
      };
      bert-tiny = {
        source.huggingface.repo = "prajjwal1/bert-tiny";
        inherit hash;
        validation.preset = "minimal";
      };
      llama-70b = {
        source.huggingface = {
          repo = "meta-llama/Llama-2-70b-chat-hf";
          files = [
            "config.json"
            "tokenizer.json"
            "model-00001-of-00015.safetensors"
          ];
        };
        inherit hash;
        validation = presets.strict;
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
  containers.inference.bindMounts."/models" = {
    hostPath = config.services.ai-models.modelPaths.llama-2-7b;
    isReadOnly = true;
  };
  systemd.services.embedding.environment.MODEL_PATH = config.services.ai-models.modelPaths.bert-tiny;
}
