# Models whose names become one environment variable.
#
#   variableConflicts : (String -> String) -> [String] -> [String]
#     the path of a model in the configuration; the names of the models
#
#   variableConflicts (name: "models.${name}") [ "llama-3" "llama.3" ]
#   => [ "models.llama-3 and models.llama.3 are both AI_MODEL_LLAMA_3 …" ]
let
  modelVariable = import ./modelVariable.nix;
  inherit (builtins)
    attrValues
    elemAt
    filter
    groupBy
    length
    ;
in
path: names:
map (
  same:
  let
    first = elemAt same 0;
    second = elemAt same 1;
  in
  "${path first} and ${path second} are both ${modelVariable first}\nnext: rename ${path second}"
) (filter (same: length same > 1) (attrValues (groupBy modelVariable names)))
