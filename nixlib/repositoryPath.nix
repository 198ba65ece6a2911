# Whether a value is a file's path in a repository, by git's own rules for a path in a tree.
#
#   repositoryPath : a -> Bool
#
#   repositoryPath "onnx/model.onnx"
#   => true
let
  inherit (builtins)
    any
    elem
    filter
    isString
    split
    ;
in
file: isString file && !any (part: elem part [ "" "." ".." ]) (filter isString (split "/" file))
