# A container that sees one model and nothing else of the host's cache. The model itself is a valid
# HF_HOME: it has a folder `hub`.
{
  config,
  pkgs,
  nix-ai-models,
  ...
}:
let
  repo = "unsloth/Llama-3.2-1B-Instruct";
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    models.llama = {
      source.huggingface = {
        inherit repo;
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
        ExecStart = "${pkgs.python3}/bin/python3 -m vllm.entrypoints.openai.api_server --model ${repo}";
        StateDirectory = "inference";
      };
    };
  };
}
