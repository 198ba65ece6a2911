{ config, nix-ai-models, ... }:
let
  models = config.services.ai-models;
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    models.minilm = {
      source.huggingface.repo = "sentence-transformers/all-MiniLM-L6-v2";
      source.huggingface.exclude = [
        "*.bin"
        "*.h5"
        "*.ot"
        "onnx/*"
        "openvino/*"
      ];
      hash = ""; # the build prints it
    };
    models.whisper = {
      source.huggingface.repo = "Systran/faster-whisper-base";
      hash = "";
    };
  };

  services.open-webui = {
    enable = true;
    environment = models.environment // {
      RAG_EMBEDDING_MODEL = "sentence-transformers/all-MiniLM-L6-v2";
      WHISPER_MODEL = models.modelPaths.whisper;
      # The option's own defaults, which a definition replaces.
      SCARF_NO_ANALYTICS = "True";
      DO_NOT_TRACK = "True";
      ANONYMIZED_TELEMETRY = "False";
    };
  };
  systemd.services.open-webui = {
    after = [ "ai-models.service" ];
    serviceConfig.SupplementaryGroups = [ models.group ];
  };
}
