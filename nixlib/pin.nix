# Checks the `hash` of a definition. An empty one means "tell me": a hash that nothing has, and a warning with the command.
#
#   pin : { where : String; args : AttrSet; command : String; } -> { sri : String; hex : String; empty : Bool; warned : a -> a; }
#
#   pin { where = "fetchHuggingFace"; args.hash = ""; command = "nix-prefetch-hf gpt2 --rev main"; }
#   => { sri = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; … }
let
  fail = import ./fail.nix;
  inherit (import ./hash.nix) isHash toHex toSri;
  fake = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
in
{
  where,
  args,
  command,
  warn ? import ./warn.nix,
}:
let
  howTo = "To compute it, run:\n  ${command}";
  hash = args.hash or (fail where "`hash` is missing. ${howTo}\nor write hash = \"\"; and take it from Nix' message.");
  sri =
    if !builtins.isString hash then
      fail where "`hash` must be a string, not a ${builtins.typeOf hash}. ${howTo}"
    else if hash == "" then
      fake
    else if isHash hash then
      toSri hash
    else
      fail where "`hash = ${builtins.toJSON hash}` is no sha256 hash: \"sha256-\" and 44 characters in base64, or 64 hexadecimal digits. ${howTo}";
in
{
  inherit sri;
  hex = toHex sri;
  empty = hash == "";
  warned =
    if hash == "" then
      warn "${where}: `hash` is empty; the build will fail and say what it got. ${howTo}"
    else
      value: value;
}
