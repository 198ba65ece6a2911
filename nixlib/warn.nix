# A warning at evaluation, then the value. Nix 2.23 and newer have one of their own, which honours `abort-on-warn`.
#
#   warn : String -> a -> a
#
#   warn "the revision `main` is not pinned" model
#   => model
message:
(builtins.warn or (text: builtins.trace "warning: ${text}")) "nix-ai-models: ${message}"
