# An evaluation error: where, what, and a next step that can be pasted.
#
#   fail : String -> String -> String -> a
#
#   fail "fetchModel" "`name` is missing" "name = \"llama\";"
#   => error: nix-ai-models: fetchModel: `name` is missing
#      next: name = "llama";
where: what: next:
throw "nix-ai-models: ${where}: ${what}\nnext: ${next}"
