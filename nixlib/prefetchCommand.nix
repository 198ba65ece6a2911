# The command that computes a hash, as a line to paste into a shell.
#
#   prefetchCommand : { repo, repoType, rev, files, include, exclude, quant, mmproj, endpoint, pinned }
#     -> String
#
#   prefetchCommand (source { where = "…"; } { repo = "gpt2"; include = [ "*.json" ]; })
#   => "nix-prefetch-hf gpt2 --rev main --include '*.json'"
let
  derivationName = import ./derivationName.nix;
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
  quant,
  mmproj,
  endpoint,
  pinned,
  ...
}@source:
concatStringsSep " " (
  [
    "nix-prefetch-hf"
    (if quant == null then repo else "${repo}:${quant}")
  ]
  ++ (if repoType == "model" then [ ] else each "--type" [ repoType ])
  ++ each "--rev" [ rev ]
  ++ each "--file" files
  ++ each "--include" include
  ++ each "--exclude" exclude
  ++ (if mmproj == null then [ ] else each "--mmproj" [ mmproj ])
  # The command's pin names the files; the build looks under the name that the word gives.
  ++ (
    if pinned && (quant != null || mmproj != null) then
      each "--name" [ (derivationName.snapshot source) ]
    else
      [ ]
  )
  ++ (if endpoint == null then [ ] else each "--endpoint" [ endpoint ])
)
