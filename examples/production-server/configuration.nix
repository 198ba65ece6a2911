# A server: the models on a data disk, a token from sops, a service that is started with the models and runs without network.
# `nix-ai-models` is the flake, handed to the modules: nixosSystem { specialArgs = { inherit nix-ai-models; }; … }
{
  config,
  pkgs,
  nix-ai-models,
  ...
}:
let
  models = config.services.ai-models;
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  sops.secrets.hf-token = { };

  services.ai-models = {
    enable = true;
    models.llama = {
      source.huggingface = {
        repo = "unsloth/Llama-3.2-1B-Instruct";
        rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
      };
      hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
      validation = nix-ai-models.lib.validation.presets.strict;
    };
    integration.huggingface.cacheDir = "/data/models";
    auth.tokenFile = "/run/secrets/hf-token";
  };

  # With a token the models come after the switch, which does not wait for them. Neither does it wait for this service: it is started
  # by ai-models.service, not by multi-user.target.
  systemd.services.inference = {
    wantedBy = [ "ai-models.service" ];
    after = [ "ai-models.service" ];
    environment = models.environment // {
      # Libraries write locks and caches of their own; the models' cache is read-only to them.
      HF_HOME = "/var/lib/inference/huggingface";
    };
    serviceConfig = {
      ExecStart = "${pkgs.python3}/bin/python3 -m vllm.entrypoints.openai.api_server --model unsloth/Llama-3.2-1B-Instruct";
      DynamicUser = true;
      Group = models.group;
      StateDirectory = "inference";
    };
  };
}
