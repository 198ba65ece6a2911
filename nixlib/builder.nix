# The builder of a derivation: our executable, or where it needs its loader named (tests/nix/offline.nix), the command for it.
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
