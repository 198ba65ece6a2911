{
  services.ai-models.models.bert-tiny = {
    source.huggingface.repo = "prajjwal1/bert-tiny";
    hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  };
}
