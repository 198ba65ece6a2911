{
  config,
  lib,
  pkgs,
  nix-ai-models,
  ...
}:
let
  inherit (config.services.ai-models) modelPaths;
  model = repo: {
    source.huggingface = {
      inherit repo;
      exclude = [
        "*.armnn"
        "*.rknn"
      ];
    };
    hash = ""; # the build prints it
  };
  models = nix-ai-models.lib.farm pkgs {
    "clip/ViT-B-32__openai" = modelPaths.clip;
    "facial-recognition/buffalo_l" = modelPaths.faces;
  };
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    integration.huggingface.enable = false;
    models.clip = model "immich-app/ViT-B-32__openai";
    models.faces = model "immich-app/buffalo_l";
  };

  services.immich = {
    enable = true;
    # The module sets it, too: mkForce says whose value counts.
    machine-learning.environment.MACHINE_LEARNING_CACHE_FOLDER = lib.mkForce "${models}";
  };
}
