# A container image of a model, for machines without /nix/store:
#
#   nix-build examples/oci-image && nix-ai-models image ./result | podman load
{
  pkgs ? import <nixpkgs> { },
  nix-ai-models ? import ../.. { inherit pkgs; },
}:
nix-ai-models.ociImage {
  name = "llama";
  tag = "3.2-1b";
  # In a container: /models/llama, which is $AI_MODEL_LLAMA, and by name in $HF_HUB_CACHE.
  models.llama = {
    source.huggingface = {
      repo = "unsloth/Llama-3.2-1B-Instruct";
      rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
    };
    hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
  };
}
