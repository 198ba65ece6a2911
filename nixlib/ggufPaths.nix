# The files of a GGUF model that llama.cpp is started with, as far as a definition names them: the model,
# of a split one the first part, and the projector of its pictures and sounds.
#
#   ggufPaths : [String] -> { model, projector : String | null; }   null where it is none, or several
#
#   ggufPaths [ "mmproj-F16.gguf" "q/X-00001-of-00002.gguf" "q/X-00002-of-00002.gguf" ]
#   => { model = "q/X-00001-of-00002.gguf"; projector = "mmproj-F16.gguf"; }
let
  inherit (builtins)
    all
    elemAt
    filter
    head
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
  one =
    files:
    if files != [ ] && all (file: stemOf file == stemOf (head files)) files then
      head (sort (a: b: a < b) files)
    else
      null;
in
paths:
let
  gguf = filter isGguf paths;
in
{
  model = one (filter (path: !isProjector path) gguf);
  projector = one (filter isProjector gguf);
}
