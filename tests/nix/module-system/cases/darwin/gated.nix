# A token: launchd fetches, and the activation has no part in it.
{
  programs.ai-models = {
    enable = true;
    models.mistral = {
      source.huggingface.repo = "mistralai/Mistral-7B-v0.1";
      hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    };
    auth.tokenFile = "~/.config/huggingface/token";
  };
}
