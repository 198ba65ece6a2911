# An evaluation error that says whose it is.
#
#   fail : String -> String -> a
#
#   fail "fetchModel" "`name` is missing. Add: name = \"llama\";"
#   => error: nix-ai-models: fetchModel: `name` is missing. Add: name = "llama";
where: message: throw "nix-ai-models: ${where}: ${message}"
