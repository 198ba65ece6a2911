# Whether a value is the path of a file in a repository, by git's rules for paths in a tree.
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
  isForbidden =
    part:
    elem part [
      ""
      "."
      ".."
    ];
in
file: isString file && !any isForbidden (filter isString (split "/" file))
