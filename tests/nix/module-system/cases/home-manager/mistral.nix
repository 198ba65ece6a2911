# The first thing that a user writes; a value of the user's own beside ours.
{ config, ... }:
{
  programs.ai-models = {
    enable = true;
    models.mistral = {
      source.huggingface.repo = "mistralai/Mistral-7B-v0.1";
      hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    };
    integration.huggingface = {
      enable = true;
      cacheDir = "${config.xdg.cacheHome}/huggingface/hub";
    };
    validation.preset = "standard";
    auth.tokenEnvVar = "HF_TOKEN";
    auth.tokenFile = "~/.config/huggingface/token";
    sessionVariables = {
      HF_HUB_OFFLINE = "1";
    };
  };
}
