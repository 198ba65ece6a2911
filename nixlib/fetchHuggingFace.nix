# The files of a repository of the Hugging Face Hub, as a fixed-output derivation.
#
#   fetchHuggingFace :
#     { repo : String; rev ? "main"; hash : String; name ? String;
#       repoType ? "model" | "dataset" | "space" | "kernel"; files ? [String]; include ? [String];
#       exclude ? [String]; quant ? String; mmproj ? String; endpoint ? String;
#       network ? { connections ? Int; bandwidthLimit ? String; transport ? String; }; } -> Derivation
#   or, as nixpkgs' fetchFromHuggingFace has it:
#     { repoId : String; rev | tag : String; hash : String; domain ? String; … } -> Derivation
#
#   fetchHuggingFace {
#     repo = "prajjwal1/bert-tiny";
#     rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
#     include = [ "*.json" "*.safetensors" ];
#     hash = "sha256-…";
#   }
#   => /nix/store/…-hf+prajjwal1+bert-tiny+6f75de8b…=…
context:
let
  where = "fetchHuggingFace";
in
given:
let
  inherit (import ./nixpkgsWords.nix where given) used args;
in
import ./knownArguments.nix
  {
    inherit where args;
    known = [
      "repo"
      "rev"
      "hash"
      "name"
      "repoType"
      "files"
      "include"
      "exclude"
      "quant"
      "mmproj"
      "endpoint"
      "network"
    ];
  }
  (
    let
      source = import ./source.nix { inherit where; } args;
    in
    import ./snapshot.nix context {
      inherit where source;
      pin = import ./pin.nix {
        inherit where args;
        command = import ./prefetchCommand.nix source;
      };
      network = import ./network.nix where args;
      name = args.name or null;
      # The hash is of a git checkout, which may have files that the Hub does not list: where it
      # differs, the build explains more than Nix could.
      attrs = if used && args.hash != "" then { ofCheckout = true; } else { };
    }
  )
