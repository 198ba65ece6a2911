{ config, nix-ai-models, ... }:
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    models.minilm = {
      source.huggingface.repo = "sentence-transformers/all-MiniLM-L6-v2";
      source.huggingface.include = [
        "*.json"
        "*.safetensors"
        "vocab.txt"
      ];
      hash = ""; # the build prints it
    };
  };

  # text-embeddings-inference, by Docker or Podman.
  virtualisation.oci-containers.containers.embeddings = {
    image = "ghcr.io/huggingface/text-embeddings-inference:cpu-1.8";
    cmd = [
      "--model-id"
      "/model"
    ];
    environment.HF_HUB_OFFLINE = "1";
    volumes = [
      "${config.services.ai-models.modelPaths.minilm}:/model:ro"
      "/nix/store:/nix/store:ro" # the links of a model lead there
    ];
    ports = [ "127.0.0.1:8082:80" ];
  };
}
