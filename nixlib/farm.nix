# A folder of links to models, for programs that want them under names of their own.
#
#   farm : { <path> = Derivation | String; } -> Derivation
#     a value is a file or a folder in the store
#
#   farm { "checkpoints/sdxl.safetensors" = fetchHuggingFaceFile { … }; "clip" = modelPaths.clip; }
#   => /nix/store/…-models, with checkpoints/sdxl.safetensors -> … and clip -> …
context:
let
  where = "farm";
  fail = import ./fail.nix where;
  repositoryPath = import ./repositoryPath.nix;
  inherit (builtins)
    attrNames
    filter
    head
    isAttrs
    isString
    length
    mapAttrs
    storeDir
    stringLength
    substring
    toJSON
    typeOf
    ;
  startsWith = prefix: text: substring 0 (stringLength prefix) text == prefix;
in
links:
let
  names = attrNames links;
  badNames = filter (name: !repositoryPath name) names;
  # A link and a folder of the same name.
  inLink = filter (name: filter (other: startsWith "${other}/" name) names != [ ]) names;
  target =
    path: value:
    let
      given =
        if isAttrs value && value ? outPath || isString value then
          "${value}"
        else
          fail "`${toJSON path}` must be a store path, not a ${typeOf value}"
            "${toJSON path} = fetchHuggingFaceFile { … };";
    in
    if startsWith "${storeDir}/" given then
      given
    else
      fail "`${toJSON path} = ${toJSON given}` is not in the store" "${toJSON path} = \"\${model}/file\";";
in
if !isAttrs links || links ? outPath then
  fail "the argument must be a set of links" "farm { \"checkpoints/model.safetensors\" = …; }"
else if length badNames > 0 then
  fail "`${toJSON (head badNames)}` must be a relative path" "\"checkpoints/model.safetensors\" = …;"
else if length inLink > 0 then
  fail "`${toJSON (head inLink)}` is below another link" "remove one of the two"
else
  derivation (
    {
      name = "models";
      inherit (context) system;
      __structuredAttrs = true;
      links = mapAttrs target links;
      preferLocalBuild = true;
    }
    // import ./builder.nix context.fetcher "links"
  )
