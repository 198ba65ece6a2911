# A server: models on a data disk, a token from sops, a service that starts after the models and
# does not use the network. `nix-ai-models` is the flake: nixosSystem { specialArgs = { inherit
# nix-ai-models; }; … }
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

  sops.secrets.hf-token = { };

  services.ai-models = {
    enable = true;
    models.llama = {
      source.huggingface = {
        inherit repo;
        rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
      };
      hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
      validation = nix-ai-models.lib.validation.presets.strict;
    };
    integration.huggingface.cacheDir = "/data/models";
    auth.tokenFile = "/run/secrets/hf-token";
  };

  # With a token the models are fetched after the switch, which does not wait for them, nor for this
  # service: ai-models.service starts it, not multi-user.target.
  systemd.services.inference = {
    wantedBy = [ "ai-models.service" ];
    after = [ "ai-models.service" ];
    environment = models.environment // {
      # Libraries write their own locks and caches; the models' cache is read-only to them.
      HF_HOME = "/var/lib/inference/huggingface";
    };
    serviceConfig = {
      ExecStart = "${pkgs.python3}/bin/python3 -m vllm.entrypoints.openai.api_server --model ${repo}";
      DynamicUser = true;
      Group = models.group;
      StateDirectory = "inference";
    };
  };
}
