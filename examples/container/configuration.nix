# A container that sees one model and nothing else of the host's cache. The model's own folder is an HF_HOME: `hub` is in it.
{
  config,
  pkgs,
  nix-ai-models,
  ...
}:
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    models.llama = {
      source.huggingface = {
        repo = "unsloth/Llama-3.2-1B-Instruct";
        rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
      };
      hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
    };
  };

  containers.inference = {
    autoStart = true;
    bindMounts."/models" = {
      hostPath = config.services.ai-models.modelPaths.llama;
      isReadOnly = true;
    };
    config.systemd.services.inference = {
      wantedBy = [ "multi-user.target" ];
      environment = {
        HF_HUB_CACHE = "/models/hub";
        HF_HUB_OFFLINE = "1";
        HF_HOME = "/var/lib/inference";
      };
      serviceConfig = {
        ExecStart = "${pkgs.python3}/bin/python3 -m vllm.entrypoints.openai.api_server --model unsloth/Llama-3.2-1B-Instruct";
        StateDirectory = "inference";
      };
    };
  };
}
