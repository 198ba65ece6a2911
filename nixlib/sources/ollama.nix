# `source.ollama`: a model of Ollama's registry, or of another OCI registry. Its manifest, to the byte,
# names every file with its sha256, and `digest` pins the manifest.
#
#   ollama : Context -> Given -> Origin   (../sources.nix)
#     given = { model, digest : String; manifest : String | Path; endpoint ? String; }
#       model      MODEL[:TAG], USER/MODEL[:TAG] or HOST/NAMESPACE/MODEL[:TAG]
#       digest     "sha256:" and 64 digits
#       manifest   the text that `nix-prefetch-hf ollama:MODEL` prints, or a file that has it
#       endpoint   a registry that is asked in place of the one in the name
#
#   ollama context { given = { model = "llama3.2:1b"; digest = "sha256:…"; manifest = "{…}"; }; … }
#   => { raw = «derivation /nix/store/…-llama-files.drv»; hub = null; … }
let
  knownArguments = import ../knownArguments.nix;
  ollamaName = import ../ollamaName.nix;
  inherit (builtins)
    hashString
    isPath
    isString
    match
    readFile
    toJSON
    typeOf
    ;
in
context:
{
  where,
  prefix,
  given,
  args,
  pinnedFiles,
  ...
}:
let
  fail' = import ../fail.nix where;
  get = name: given.${name} or null;

  model =
    let
      text = get "model";
    in
    if text == null then
      fail' "`${prefix}model` is missing" "${prefix}model = \"llama3.2:1b\";"
    else if !isString text || ollamaName text == null then
      fail' "`${prefix}model = ${toJSON text}` is not the name of a model of Ollama's"
        "${prefix}model = \"llama3.2:1b\";"
    else
      text;
  pinAgain = "nix-prefetch-hf ollama:${model}";

  text =
    let
      value = get "manifest";
    in
    if value == null then
      fail' "`${prefix}manifest` is missing" "${pinAgain}   # prints it"
    else if isPath value || isString value && match "/.*" value != null then
      readFile value
    else if isString value then
      value
    else
      fail' "`${prefix}manifest` must be a string or a file, not a ${typeOf value}" pinAgain;
  digest =
    let
      value = get "digest";
      found = "sha256:${hashString "sha256" text}";
    in
    if value == null then
      fail' "`${prefix}digest` is missing" "${pinAgain}   # prints it"
    else if !isString value || match "sha256:[0-9a-f]{64}" value == null then
      fail' "`${prefix}digest = ${toJSON value}` is not the digest of a manifest" "${pinAgain}   # prints it"
    else if value != found then
      fail' "`${prefix}manifest` hashes to ${found}, and `${prefix}digest` is ${value}" "${pinAgain}   # prints both"
    else
      value;

  endpoint =
    let
      value = get "endpoint";
    in
    if value == null || isString value && match "https?://[^[:space:]?#@]+" value != null then
      value
    else
      fail' "`${prefix}endpoint = ${toJSON value}` must be the URL of a registry"
        "${prefix}endpoint = \"https://registry.ollama.ai\";";

  checked = knownArguments {
    inherit where prefix;
    known = [
      "model"
      "digest"
      "manifest"
      "endpoint"
    ];
    args = given;
  };
in
if (args.hash or null) != null then
  fail' "`hash` is of source.huggingface; the manifest pins the files of source.ollama" "remove `hash`"
else
  checked (
    builtins.seq digest (
      import ../ollamaModel.nix {
        fail = what: fail' "`${prefix}manifest`: ${what}" pinAgain;
        inherit
          pinnedFiles
          model
          text
          endpoint
          ;
      }
    )
  )
