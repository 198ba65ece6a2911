{ config, nix-ai-models, ... }:
let
  voice = "en_US-lessac-medium";
  folder = "en/en_US/lessac/medium";
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    integration.huggingface.enable = false;
    models.lessac = {
      source.huggingface.repo = "rhasspy/piper-voices";
      source.huggingface.files = [
        "${folder}/${voice}.onnx"
        "${folder}/${voice}.onnx.json"
      ];
      hash = ""; # the build prints it
    };
  };

  services.wyoming.piper.servers.main = {
    enable = true;
    uri = "tcp://127.0.0.1:10200";
    inherit voice;
    extraArgs = [
      "--data-dir"
      "${config.services.ai-models.modelPaths.lessac}/${folder}"
    ];
  };
}
