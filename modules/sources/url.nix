# The options of `source.url`.
{ lib, optional }:
let
  inherit (lib) literalExpression mkOption types;

  file = {
    url = optional types.str {
      example = "https://github.com/ORG/NAME/releases/download/v1.0/model.gguf";
      description = ''
        The address of a file, without a password or a signature. `nix-prefetch-hf ADDRESS` prints the
        entry.
      '';
    };
    urls = optional (types.listOf types.str) {
      description = "In place of `url`: several addresses of the file, tried in order.";
    };
    hash = optional types.str {
      example = "sha256-6qxha1GK93R8Jpo1O3jsWlf6pmk+qUcLBOcp8vlw//w=";
      description = "The sha256 of the file, in SRI form or in 64 hexadecimal digits.";
    };
    name = optional types.str {
      example = "onnx/model.onnx";
      description = "The path of the file in the model. If null, the last part of the first address.";
    };
    size = optional types.ints.positive {
      example = 4683073184;
      description = "The size of the file in bytes: an address that has another one is not downloaded.";
    };
  };
in
{
  description = "Files at addresses of the web: one, or those in `files`.";
  type = types.submodule {
    options = file // {
      files = mkOption {
        type = types.listOf (types.submodule { options = file; });
        default = [ ];
        example = literalExpression ''
          [
            { url = "https://example.org/model.gguf"; hash = "sha256-…"; }
            { url = "https://example.org/mmproj.gguf"; hash = "sha256-…"; }
          ]
        '';
        description = "The files of a model that has several.";
      };
    };
  };
}
