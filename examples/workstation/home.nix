# A workstation: every Python environment of this user finds the model by name, online or offline.
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
    # The default: your own downloads are there too.
    integration.huggingface.cacheDir = "${config.xdg.cacheHome}/huggingface/hub";
    # For gated models: the variable if it is set, else the file.
    # auth.tokenEnvVar = "HF_TOKEN";
    # auth.tokenFile = "~/.config/huggingface/token";
  };
}
