# The builder of a derivation: the executable, or the command that starts it where it cannot start
# by itself (tests/nix/fetcher.nix).
#
#   builder : Package -> String -> { builder : String; args : [String]; }
#
#   builder nix-ai-models "fetch"
#   => { builder = "/nix/store/…-nix-ai-models/bin/nix-ai-models"; args = [ "fetch" ]; }
fetcher: verb:
let
  command = fetcher.command or [ "${fetcher}/bin/nix-ai-models" ];
in
{
  builder = builtins.head command;
  args = builtins.tail command ++ [ verb ];
}
