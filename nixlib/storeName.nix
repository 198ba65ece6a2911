# Checks the name that a user gives to a derivation.
#
#   storeName : String -> String -> String
#
#   storeName "fetchModel" "llama-2-7b"
#   => "llama-2-7b"
let
  fail = import ./fail.nix;
  inherit (builtins)
    isString
    match
    stringLength
    toJSON
    typeOf
    ;
in
where: name:
if !isString name then
  fail where "`name` must be a string, not a ${typeOf name}" "name = \"llama\";"
else if match "[A-Za-z0-9+_?=][A-Za-z0-9+._?=-]*" name == null || stringLength name > 150 then
  fail where
    "`name = ${toJSON name}` cannot be in a store path (1 to 150 letters, digits and `+-._?=`, no leading dot or dash)"
    "name = \"llama\";"
else if match ".*\\.drv" name != null then
  fail where "`name = ${toJSON name}` ends like a derivation's" "name = \"llama\";"
else
  name
