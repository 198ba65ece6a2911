# Checks a name that a user gives to a derivation.
#
#   storeName : String -> String -> String
#
#   storeName "fetchModel" "llama-2-7b"
#   => "llama-2-7b"
let
  fail = import ./fail.nix;
  inherit (builtins) match stringLength toJSON;
in
where: name:
if !builtins.isString name then
  fail where "`name` must be a string, not a ${builtins.typeOf name}. Write: name = \"llama\";"
else if match "[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]*" name == null || stringLength name > 150 then
  fail where "`name = ${toJSON name}` cannot be in a store path: at most 150 letters, digits and `+-._?=`, not beginning with a dot."
else
  name
