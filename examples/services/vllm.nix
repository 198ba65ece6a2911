{
  config,
  pkgs,
  nix-ai-models,
  ...
}:
let
  models = config.services.ai-models;
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

  systemd.services.vllm = {
    wantedBy = [ "multi-user.target" ];
    wants = [ "ai-models.service" ];
    after = [ "ai-models.service" ];
    environment = models.environment // {
      HF_HOME = "/var/lib/vllm/huggingface"; # writable: locks, compiled code
      VLLM_NO_USAGE_STATS = "1";
    };
    serviceConfig = {
      ExecStart = "${pkgs.vllm}/bin/vllm serve ${repo} --host 127.0.0.1";
      DynamicUser = true;
      StateDirectory = "vllm";
      SupplementaryGroups = [ models.group ];
    };
  };
}
