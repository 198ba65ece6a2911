# The options of `source.huggingface`.
{ lib, optional }:
let
  inherit (lib) mkOption types;
in
{
  description = "A repository of the Hugging Face Hub.";
  type = types.submodule {
    options = {
      repo = mkOption {
        type = types.str;
        example = "meta-llama/Llama-2-7b-hf";
        description = "The repository, as on the Hub's page.";
      };
      rev = optional types.str {
        example = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
        description = ''
          The commit, all 40 digits, as `nix-prefetch-hf REPO` prints it. A branch or a tag works until
          it moves. If null, `main`.
        '';
      };
      revision = optional types.str { description = "Alias of `rev`."; };
      ref = optional types.str {
        example = "v1.0";
        description = ''
          The branch or tag that the commit was taken from: programs that ask for it by name get this
          model. If null, `main`.
        '';
      };
      repoType = mkOption {
        type = types.enum [
          "model"
          "dataset"
          "space"
          "kernel"
        ];
        default = "model";
        description = "The kind of repository.";
      };
      files = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [
          "config.json"
          "tokenizer.json"
          "*.safetensors"
        ];
        description = ''
          Paths or globs of the files to fetch; each must match. If this and `include` are empty, all
          files are fetched.
        '';
      };
      include = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "*.json" ];
        description = "Globs of the files to fetch, as in `hf download --include`.";
      };
      exclude = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "*.bin" ];
        description = "Globs of the files not to fetch.";
      };
      quant = optional types.str {
        example = "Q4_K_M";
        description = ''
          The quantization of a GGUF repository: the files of the one model with this word in its name
          are fetched. `nix-prefetch-hf ORG/NAME:Q4_K_M` prints an entry that names them.
        '';
      };
      mmproj = optional types.str {
        example = "F16";
        description = "A word in the name of the GGUF projector (`mmproj-F16.gguf`) that is fetched too.";
      };
      endpoint = optional types.str {
        example = "https://hub.example.org";
        description = "The address of the Hub. If null, huggingface.co.";
      };
    };
  };
}
