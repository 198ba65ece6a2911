# The store paths of models, as strings: for environment variables, bind mounts and command lines.
#
#   modelPaths : { <name> : Definition | Model } -> { <name> : String }
#
#   modelPaths { llama = { source.huggingface.repo = "meta-llama/Llama-2-7b"; hash = "sha256-…"; }; }
#   => { llama = "/nix/store/…-llama"; }
{ mkModels }:
models: builtins.mapAttrs (_: model: "${model}") (mkModels models)
