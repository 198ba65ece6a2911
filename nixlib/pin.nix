# Checks the `hash` of a definition. An empty one stands for a hash that nothing has, with a warning
# that names the command.
#
#   pin : { where : String; args : AttrSet; command : String; prefix ? ""; warn ? String -> a -> a; }
#     -> { sri : String; hex : String; empty : Bool; warned : a -> a; }
#
#   pin { where = "fetchHuggingFace"; args.hash = ""; command = "nix-prefetch-hf gpt2 --rev main"; }
#   => { sri = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; … }
let
  fail = import ./fail.nix;
  parseHash = import ./parseHash.nix;
  inherit (builtins) isString toJSON typeOf;
  fake = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
in
{
  where,
  args,
  command,
  prefix ? "",
  warn ? import ./warn.nix,
}:
let
  hash = args.hash or (fail where "`${prefix}hash` is missing" command);
  empty = hash == "";
  parsed =
    if !isString hash then
      fail where "`${prefix}hash` must be a string, not a ${typeOf hash}" command
    else
      parseHash (if empty then fake else hash);
  digest =
    if parsed == null then
      fail where "`${prefix}hash = ${toJSON hash}` is not a sha256 hash" command
    else
      parsed;
in
{
  inherit (digest) sri hex;
  inherit empty;
  warned =
    if empty then
      warn "${where}: `${prefix}hash` is empty; the build fails and prints it\nnext: ${command}"
    else
      value: value;
}
