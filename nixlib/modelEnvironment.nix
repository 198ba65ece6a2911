# The environment in which a program finds its models and uses no network: `env` of a mkShell, a
# container's, a service's. A model's variable holds its path; by name, models are in HF_HUB_CACHE.
#
#   modelEnvironment : { <name> : Definition | Model } | Path -> { <VARIABLE> : String }
#     a value may also be any other derivation, such as one GGUF file: it has a path alone
#
#   pkgs.mkShell { env = modelEnvironment { inherit llama; }; }
#   => { AI_MODEL_LLAMA = "/nix/store/…-llama"; HF_HUB_CACHE = "/nix/store/…-hf-cache"; HF_HUB_OFFLINE = "1"; … }
{ mkModels, hfCache }:
let
  modelVariable = import ./modelVariable.nix;
  variableConflicts = import ./variableConflicts.nix;
  offlineEnvironment = import ./offlineEnvironment.nix;
  inherit (builtins)
    attrNames
    head
    listToAttrs
    ;
in
given:
let
  models = mkModels given;
  names = attrNames models;
  conflicts = variableConflicts (name: "models.${name}") names;
  named = import ./inCache.nix models;
in
if conflicts != [ ] then
  throw "nix-ai-models: modelEnvironment: ${head conflicts}"
else
  listToAttrs (
    map (name: {
      name = modelVariable name;
      value = "${models.${name}}";
    }) names
  )
  // offlineEnvironment (if named == { } then null else "${hfCache { models = named; }}")
