# A cache elsewhere exports HF_HUB_CACHE; the user's own value of a variable takes precedence.
{
  programs.ai-models = {
    enable = true;
    models.bert-tiny = {
      source.huggingface = {
        repo = "prajjwal1/bert-tiny";
        rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
      };
      hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    };
    integration.huggingface.cacheDir = "/data/u's models";
    sessionVariables.HF_HUB_OFFLINE = "1";
  };
  home.sessionVariables.HF_HUB_OFFLINE = "0";
}
