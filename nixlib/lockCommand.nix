# A command on a lock file, as a line to paste.
#
#   lockCommand : Path | String -> String -> String
#
#   lockCommand ./models.lock.json "add ORG/NAME"
#   => "nix-prefetch-hf lock add ORG/NAME"
lockFile: words:
let
  file = baseNameOf lockFile;
in
"nix-prefetch-hf lock ${words}" + (if file == "models.lock.json" then "" else " --lock-file ${file}")
