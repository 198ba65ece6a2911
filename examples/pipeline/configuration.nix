# A pipeline of three programs, each with the store path of its model: no cache, no service to wait
# for. The models are part of the system, and a rollback rolls them back.
{
  config,
  pkgs,
  nix-ai-models,
  ...
}:
let
  inherit (config.services.ai-models) modelPaths;
  stage = name: path: {
    wantedBy = [ "multi-user.target" ];
    environment = config.services.ai-models.environment // {
      MODEL_PATH = path;
    };
    serviceConfig = {
      ExecStart = "${pkgs.python3}/bin/python3 -m pipeline.${name}";
      DynamicUser = true;
    };
  };
in
{
  imports = [ nix-ai-models.nixosModules.default ];

  services.ai-models = {
    enable = true;
    integration.huggingface.enable = false;
    models = {
      embedding = {
        source.huggingface = {
          repo = "prajjwal1/bert-tiny";
          rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
          files = [
            "config.json"
            "vocab.txt"
            "pytorch_model.bin"
          ];
        };
        hash = ""; # the build prints it
      };
      answer = {
        source.huggingface = {
          repo = "unsloth/Llama-3.2-1B-Instruct";
          rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
        };
        hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
      };
      voice = {
        source.huggingface = {
          repo = "mlx-community/Kokoro-82M-bf16";
          rev = "a71e4d38b236d968966a2002c4c895dbd12b1c3c";
        };
        hash = "sha256-9ChPYrzzdhmAYl6ZqhewiviZEP/RbRVIMDrMEvtX65k=";
      };
    };
  };

  systemd.services = {
    embedding = stage "embedding" modelPaths.embedding;
    answer = stage "answer" modelPaths.answer;
    voice = stage "voice" modelPaths.voice;
  };
}
