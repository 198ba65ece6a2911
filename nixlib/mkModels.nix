# Every definition of a set made a model; its attribute is its name.
#
#   mkModels : { <name> : Definition | Model } -> { <name> : Model }
#
#   mkModels { llama = { source.huggingface.repo = "meta-llama/Llama-2-7b-hf"; hash = "sha256-…"; }; }
#   => { llama = «derivation /nix/store/…-llama.drv»; }
{ fetchModel }:
builtins.mapAttrs (
  name: definition:
  if (definition.type or null) == "derivation" then definition else fetchModel ({ inherit name; } // definition)
)
