# No token: the models are part of the system. A cache that is not called `hub`, a group of the
# user's own, changed validation.
{ config, ... }:
{
  services.ai-models = {
    enable = true;
    models.bert-tiny = {
      source.huggingface = {
        repo = "prajjwal1/bert-tiny";
        revision = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
      };
      hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      validation.disable = [ "license" ];
      network.bandwidthLimit = "50M";
    };
    validation.preset = "strict";
    integration.huggingface.cacheDir = "/data/models";
    group = "models";
  };
  systemd.services.my-inference = {
    after = [ "ai-models.service" ];
    environment = config.services.ai-models.environment // {
      HF_HOME = "/data/models";
    };
    serviceConfig.Group = config.services.ai-models.group;
  };
}
