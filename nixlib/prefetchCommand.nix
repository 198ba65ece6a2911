# The command that computes a hash, as a line to paste into a shell.
#
#   prefetchCommand : { repo, repoType, rev, files, include, exclude, endpoint } -> String
#
#   prefetchCommand (source { where = "…"; } { repo = "gpt2"; include = [ "*.json" ]; })
#   => "nix-prefetch-hf gpt2 --rev main --include '*.json'"
let
  inherit (builtins)
    concatMap
    concatStringsSep
    match
    replaceStrings
    ;

  quote =
    word:
    if match "[A-Za-z0-9@%+=:,./_-]+" word != null then
      word
    else
      "'${replaceStrings [ "'" ] [ "'\\''" ] word}'";
  each =
    option:
    concatMap (value: [
      option
      (quote value)
    ]);
in
{
  repo,
  repoType,
  rev,
  files,
  include,
  exclude,
  endpoint,
  ...
}:
concatStringsSep " " (
  [
    "nix-prefetch-hf"
    repo
  ]
  ++ (if repoType == "model" then [ ] else each "--type" [ repoType ])
  ++ each "--rev" [ rev ]
  ++ each "--file" files
  ++ each "--include" include
  ++ each "--exclude" exclude
  ++ (if endpoint == null then [ ] else each "--endpoint" [ endpoint ])
)
