# Mistakes, all at once: each is an assertion with the option and the fix.
let
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
in
{
  services.ai-models = {
    enable = true;
    models = {
      elsewhere = {
        source.civitai.model = "1";
        inherit hash;
      };
      no-hash.source.huggingface.repo = "prajjwal1/bert-tiny";
      bad-hash = {
        source.huggingface.repo = "prajjwal1/bert-tiny";
        hash = "sha256-short";
      };
      again = {
        source.huggingface = {
          repo = "acme/one";
          rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
        };
        inherit hash;
      };
      everything = {
        source.huggingface = {
          repo = "acme/one";
          rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
        };
        hash = "sha256-57DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      };
      two-a = {
        source.huggingface.repo = "acme/two";
        inherit hash;
      };
      two-b = {
        source.huggingface = {
          repo = "acme/two";
          rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
        };
        inherit hash;
      };
    };
    integration.huggingface.cacheDir = "${builtins.storeDir}/hub";
    auth.tokenFile = ./mistakes.nix;
    fetch = "build";
  };
}
