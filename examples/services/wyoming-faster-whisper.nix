{
  config,
  lib,
  nix-ai-models,
  ...
}:
let
  models = config.services.ai-models;
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    models.whisper = {
      source.huggingface.repo = "Systran/faster-whisper-small";
      hash = ""; # the build prints it
    };
  };

  services.wyoming.faster-whisper.servers.main = {
    enable = true;
    uri = "tcp://127.0.0.1:10300";
    language = "en";
    model = models.modelPaths.whisper;
  };
  # The module sets HF_HUB_CACHE itself: mkForce says whose value counts.
  systemd.services.wyoming-faster-whisper-main.environment =
    lib.mapAttrs (_: lib.mkForce) models.environment;
}
