# The variables that a caller gives a program, or a container, besides those of its models.
#
#   givenEnvironment : String -> a -> { <VARIABLE> : String | null; }   where -> environment
#
#   givenEnvironment "mkModelWrapper" { LLAMA_ARG_PORT = 8081; HF_HUB_OFFLINE = null; }
#   => { LLAMA_ARG_PORT = "8081"; HF_HUB_OFFLINE = null; }
where:
let
  fail = import ./fail.nix where;
  inherit (builtins)
    attrNames
    filter
    head
    isAttrs
    isInt
    isPath
    isString
    mapAttrs
    match
    toJSON
    typeOf
    ;
  text =
    name: value:
    if value == null then
      null
    else if isInt value then
      toString value
    else if isString value || isPath value || value ? outPath then
      "${value}"
    else
      # What "true" is to a program, only its user knows.
      fail "`environment.${name}` must be a string, not a ${typeOf value}" "environment.${name} = \"1\";";
in
given:
let
  wrong = filter (name: match "[^=[:space:][:cntrl:]]+" name == null) (attrNames given);
in
if !isAttrs given then
  fail "`environment` must be a set, not a ${typeOf given}" "environment.OMP_NUM_THREADS = \"8\";"
else if wrong != [ ] then
  fail "`environment` has ${toJSON (head wrong)}, which cannot be a variable's name"
    "environment.OMP_NUM_THREADS = \"8\";"
else
  mapAttrs text given
