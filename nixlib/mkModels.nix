# Makes a model of every definition of a set, or of every entry of a lock file.
#
#   mkModels : { <name> : Definition | Model } | Path -> { <name> : Model }
#
#   mkModels { llama = { source.huggingface.repo = "meta-llama/Llama-2-7b"; hash = "sha256-…"; }; }
#   => { llama = «derivation /nix/store/…-llama.drv»; }
#   mkModels ./models.lock.json
#   => { … }
{ fetchModel }:
let
  inherit (builtins) isAttrs mapAttrs;
  readLock = import ./readLock.nix;
  ofLock =
    lockFile:
    mapAttrs (_: _: { inherit lockFile; }) (readLock {
      where = "mkModels";
      inherit lockFile;
    });
in
models:
mapAttrs (
  name: definition:
  if (definition.type or null) == "derivation" then
    definition
  else
    fetchModel ({ inherit name; } // definition)
) (if isAttrs models then models else ofLock models)
