# `nix-prefetch-hf ORG/NAME --format module` prints an entry like these.
{
  llama = {
    source.huggingface = {
      repo = "unsloth/Llama-3.2-1B-Instruct";
      rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
    };
    hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
  };
}
