# The options of `source.ollama`.
{ lib, optional }:
let
  inherit (lib) mkOption types;
in
{
  description = "A model of Ollama's registry, or of another OCI registry.";
  type = types.submodule {
    options = {
      model = mkOption {
        type = types.str;
        example = "llama3.2:1b";
        description = ''
          The model: `MODEL:TAG`, `USER/MODEL:TAG`, `hf.co/ORG/NAME:Q4_K_M` or
          `REGISTRY/NAMESPACE/MODEL:TAG`. `nix-prefetch-hf ollama:MODEL:TAG` prints the entry.
        '';
      };
      digest = mkOption {
        type = types.str;
        example = "sha256:baf6a787fdffd633537aa2eb51cfd54cb93ff08e28040095462bb63daf552878";
        description = "The digest of the manifest, which pins it.";
      };
      manifest = mkOption {
        type = types.either types.str types.path;
        example = "./llama3.2-1b.json";
        description = ''
          The manifest, to the byte: the text, or a file that has it. It names every file of the model
          with its sha256.
        '';
      };
      endpoint = optional types.str {
        example = "https://registry.example.org";
        description = "A registry that is asked in place of the one in the name, such as a mirror.";
      };
    };
  };
}
