{ pkgs, nix-ai-models, ... }:
let
  inherit (nix-ai-models.lib) farm fetchHuggingFaceFile;
  models = farm pkgs {
    "checkpoints/sd_xl_base_1.0.safetensors" = fetchHuggingFaceFile pkgs {
      repo = "stabilityai/stable-diffusion-xl-base-1.0";
      file = "sd_xl_base_1.0.safetensors";
      hash = ""; # the build prints it
    };
    "vae/sdxl_vae.safetensors" = fetchHuggingFaceFile pkgs {
      repo = "stabilityai/sdxl-vae";
      file = "sdxl_vae.safetensors";
      hash = "";
    };
  };
  # YAML reads JSON.
  paths = pkgs.writeText "extra_model_paths.yaml" (
    builtins.toJSON {
      nix = {
        base_path = "${models}";
        checkpoints = "checkpoints";
        vae = "vae";
      };
    }
  );
in
{
  # ComfyUI is not in nixpkgs: with your own package, or a virtual environment in /opt/comfyui.
  systemd.services.comfyui = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig = {
      ExecStart = "/opt/comfyui/bin/python /opt/comfyui/main.py --extra-model-paths-config ${paths}";
      WorkingDirectory = "/var/lib/comfyui";
      StateDirectory = "comfyui";
      DynamicUser = true;
    };
  };
}
