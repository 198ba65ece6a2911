# A workstation: every Python environment of this user finds the model by its name, with or without network.
{ config, nix-ai-models, ... }:
{
  imports = [ nix-ai-models.homeManagerModules.default ];

  programs.ai-models = {
    enable = true;
    models.llama = {
      source.huggingface = {
        repo = "unsloth/Llama-3.2-1B-Instruct";
        rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
      };
      hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
    };
    integration.huggingface.cacheDir = "${config.xdg.cacheHome}/huggingface/hub"; # the default: your own downloads are there too
    # For gated models: your variable where it is set, else the file.
    # auth.tokenEnvVar = "HF_TOKEN";
    # auth.tokenFile = "~/.config/huggingface/token";
  };
}
