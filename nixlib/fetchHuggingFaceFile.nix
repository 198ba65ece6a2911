# One file of a repository, as a flat fixed-output derivation: the output is the file. `hash` is the
# sha256 that the Hub's page shows for a large file, in hexadecimal digits or SRI form.
#
#   fetchHuggingFaceFile :
#     { repo : String; rev ? "main"; file : String; hash : String; name ? String;
#       repoType ? "model" | "dataset" | "space" | "kernel"; endpoint ? String;
#       network ? { connections ? Int; bandwidthLimit ? String; transport ? String; }; } -> Derivation
#
#   fetchHuggingFaceFile {
#     repo = "unsloth/gemma-4-E2B-it-GGUF";
#     rev = "e18a8a48036a5da3e89c1152441ab57546a70873";
#     file = "gemma-4-E2B-it-BF16.gguf";
#     hash = "sha256-6qxha1GK93R8Jpo1O3jsWlf6pmk+qUcLBOcp8vlw//w=";
#   }
#   => /nix/store/…-gemma-4-E2B-it-BF16.gguf
context:
let
  where = "fetchHuggingFaceFile";
  fail = import ./fail.nix where;
  repositoryPath = import ./repositoryPath.nix;
  inherit (builtins) toJSON;
in
args:
import ./knownArguments.nix
  {
    inherit where args;
    known = [
      "repo"
      "rev"
      "file"
      "hash"
      "name"
      "repoType"
      "endpoint"
      "network"
    ];
  }
  (
    let
      file = args.file or (fail "`file` is missing" "file = \"model.safetensors\";");
      source = import ./source.nix { inherit where; } args;
      pin = import ./pin.nix {
        inherit where args;
        command = import ./prefetchCommand.nix (source // { files = [ file ]; }) + " --flat";
      };
    in
    if !repositoryPath file then
      fail "`file = ${toJSON file}` must be a file's path in the repository" "file = \"onnx/model.onnx\";"
    else
      pin.warned (
        import ./fixedOutput.nix context {
          name =
            if args ? name then
              import ./storeName.nix where args.name
            else
              (import ./derivationName.nix).file file;
          mode = "flat";
          inherit (pin) sri;
          inherit source;
          network = import ./network.nix where args;
          attrs = { inherit file; };
        }
        // {
          inherit (source)
            repo
            repoType
            rev
            hfCacheName
            ;
        }
      )
  )
