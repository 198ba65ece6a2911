# The environment variable that holds a model's path.
#
#   modelVariable : String -> String
#
#   modelVariable "llama-3.2"
#   => "AI_MODEL_LLAMA_3_2"
let
  inherit (builtins)
    concatStringsSep
    filter
    isString
    replaceStrings
    split
    ;
  letters = text: filter (letter: letter != "" && isString letter) (split "" text);
  upper = replaceStrings (letters "abcdefghijklmnopqrstuvwxyz") (
    letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  );
in
name: "AI_MODEL_${concatStringsSep "_" (filter isString (split "[^A-Z0-9]" (upper name)))}"
