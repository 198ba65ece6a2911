# Warns during evaluation, then returns the value. builtins.warn (Nix 2.23) honours `abort-on-warn`.
#
#   warn : String -> a -> a
#
#   warn "`rev` is not pinned" model
#   => model
message: (builtins.warn or (text: builtins.trace "warning: ${text}")) "nix-ai-models: ${message}"
