# Two revisions of one repository, side by side in the cache: the second names its tag.
{
  services.ai-models = {
    enable = true;
    models = {
      current = {
        source.huggingface = {
          repo = "prajjwal1/bert-tiny";
          rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
        };
        hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      };
      old = {
        source.huggingface = {
          repo = "prajjwal1/bert-tiny";
          rev = "0123456789abcdef0123456789abcdef01234567";
          ref = "v1.0";
        };
        hash = "sha256-57DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      };
    };
  };
}
