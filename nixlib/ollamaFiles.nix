# The blobs of a model of Ollama's as files with plain names, the config at the end.
# fetcher/Sources/Oci/OllamaFiles.cs gives the same names.
#
#   ollamaFiles : { fail : String -> a; stem : String; } -> Manifest -> [{ path, kind, sha256 : String; size : Int; }]
#     Manifest   of builtins.fromJSON
#     stem       after which the GGUF files are named
#
#   ollamaFiles { stem = "llama3.2-1b"; … } { config = …; layers = [ … ]; … }
#   => [ { path = "llama3.2-1b.gguf"; kind = "model"; … } { path = "license"; … } … ]
let
  inherit (builtins)
    elem
    elemAt
    filter
    genList
    isAttrs
    isInt
    isList
    isString
    length
    match
    toJSON
    ;
in
{ fail, stem }:
manifest:
let
  layers = manifest.layers;
  # "prompt" is what templates were called first.
  known = [
    "model"
    "projector"
    "adapter"
    "params"
    "messages"
    "template"
    "prompt"
    "system"
    "license"
  ];
  kindOf =
    layer:
    let
      found = match "application/vnd[.]ollama[.]image[.](.*)" layer.mediaType;
      kind = if found == null || !elem (elemAt found 0) known then null else elemAt found 0;
    in
    if kind == null then
      fail "a layer of an unknown type ${toJSON layer.mediaType}"
    else if kind == "prompt" then
      "template"
    else
      kind;
  kinds = map kindOf layers;
  # The how many-th of its kind a layer is.
  numbered =
    i:
    let
      before = length (filter (j: elemAt kinds j == elemAt kinds i) (genList (j: j) i));
    in
    if before == 0 then "" else "-${toString (before + 1)}";
  pathOf =
    kind: number:
    if kind == "model" then
      "${stem}.gguf"
    else if kind == "projector" then
      "mmproj-${stem}${number}.gguf"
    else if kind == "adapter" then
      "adapter${number}-${stem}.gguf"
    else if kind == "params" || kind == "messages" then
      "${kind}${number}.json"
    else
      "${kind}${number}";
  isLayer =
    layer:
    isAttrs layer
    && isString (layer.mediaType or null)
    && isString (layer.digest or null)
    && match "sha256:[0-9a-f]{64}" layer.digest != null
    && isInt (layer.size or null);
  file = path: kind: layer: {
    inherit path kind;
    sha256 = elemAt (match "sha256:(.*)" layer.digest) 0;
    inherit (layer) size;
  };
in
if
  !isAttrs manifest
  || (manifest.schemaVersion or null) != 2
  || !isList (manifest.layers or null)
  || !builtins.all isLayer manifest.layers
  || !isLayer (manifest.config or null)
then
  fail "it is not the manifest of a model"
else if length (filter (kind: kind == "model") kinds) != 1 then
  fail "a model has one GGUF file"
else
  genList (
    i: file (pathOf (elemAt kinds i) (numbered i)) (elemAt kinds i) (elemAt layers i)
  ) (length layers)
  ++ [ (file "ollama-config.json" "config" manifest.config) ]
