# The files of a GGUF model that llama.cpp is started with: the model, of a split one the first part,
# and the projector of its pictures and sounds.
#
#   ggufPaths : { where : String; paths : [String]; command : String; }
#     -> { model, projector : String; }
#     paths     the model's files, as far as they are known at evaluation
#     command   prints a definition that names them
#
#   ggufPaths { paths = [ "mmproj-F16.gguf" "q/X-00001-of-00002.gguf" "q/X-00002-of-00002.gguf" ]; … }
#   => { model = "q/X-00001-of-00002.gguf"; projector = "mmproj-F16.gguf"; }
let
  fail = import ./fail.nix;
  inherit (builtins)
    all
    concatStringsSep
    elemAt
    filter
    head
    length
    match
    sort
    ;

  isGguf = path: match ".*[.][gG][gG][uU][fF]" path != null;
  isProjector = path: match "(.*/)?[^/]*[mM][mM][pP][rR][oO][jJ][^/]*" path != null;
  # Without the number of a part.
  stemOf =
    path:
    let
      split = match "(.*)-[0-9]+-of-[0-9]+[.][^.]*" path;
    in
    if split == null then path else elemAt split 0;
in
{
  where,
  paths,
  command,
}:
let
  one =
    attribute: what: files:
    if files == [ ] then
      fail where "`${attribute}`: the definition names no ${what}" "${command}   # prints one that does"
    else if !all (file: stemOf file == stemOf (head files)) files then
      fail where
        "`${attribute}`: the definition names ${toString (length files)} files: ${concatStringsSep ", " files}"
        "files = [ \"${head files}\" ];"
    else
      head (sort (a: b: a < b) files);
  gguf = filter isGguf paths;
in
{
  model = one "modelPath" "GGUF file" (filter (path: !isProjector path) gguf);
  projector = one "mmprojPath" "GGUF projector" (filter isProjector gguf);
}
