# Every definition of a set, or every entry of a lock file, made a model; its attribute is its name.
#
#   mkModels : { <name> : Definition | Model } | Path -> { <name> : Model }
#
#   mkModels { llama = { source.huggingface.repo = "meta-llama/Llama-2-7b-hf"; hash = "sha256-…"; }; }
#   => { llama = «derivation /nix/store/…-llama.drv»; }
#   mkModels ./models.lock.json
#   => { … }
{ fetchModel }:
models:
builtins.mapAttrs
  (
    name: definition:
    if (definition.type or null) == "derivation" then definition else fetchModel ({ inherit name; } // definition)
  )
  (
    if builtins.isAttrs models then
      models
    else
      builtins.mapAttrs (_: _: { lockFile = models; }) (
        import ./readLock.nix {
          where = "mkModels";
          lockFile = models;
        }
      )
  )
