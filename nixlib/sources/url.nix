# `source.url`: files at addresses of the web, each pinned by its sha256.
#
#   url : Context -> Given -> Origin   (../sources.nix)
#     given = File | { files : [File]; }
#     File = { url : String | urls : [String]; hash : String; name ? String; size ? Int; }
#       urls   addresses of the same file, tried in order
#       hash   SRI or 64 hexadecimal digits
#       name   the file's path in the model; else the last part of the first address
#       size   in bytes; an address that has another one is not downloaded
#
#   url context { given = { url = "https://example.org/model.gguf"; hash = "sha256-…"; }; … }
#   => { raw = «derivation /nix/store/…-llama-files.drv»; … }
let
  fail = import ../fail.nix;
  knownArguments = import ../knownArguments.nix;
  repositoryPath = import ../repositoryPath.nix;
  webAddress = import ../webAddress.nix;
  inherit (builtins)
    elemAt
    foldl'
    genList
    head
    isAttrs
    isInt
    isList
    length
    match
    replaceStrings
    split
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
  fail' = fail where;
  # Null stands for what is not given, as the modules have it.
  get = set: name: set.${name} or null;
  quote =
    word:
    if match "[A-Za-z0-9@%+=:,./_-]+" word != null then
      word
    else
      "'${replaceStrings [ "'" ] [ "'\\''" ] word}'";

  fileOf =
    prefix: file:
    let
      check = webAddress { inherit where prefix; };
      one = get file "url";
      several = get file "urls";
      urls =
        if !isAttrs file then
          fail' "`${prefix}` must be a set, not a ${typeOf file}" "{ url = \"https://…\"; hash = \"sha256-…\"; }"
        else if one != null && several != null then
          fail' "`${prefix}url` and `${prefix}urls` are both given" "keep `urls`, and add the address to it"
        else if one != null then
          [ (check one) ]
        else if several == null then
          fail' "`${prefix}url` is missing" "${prefix}url = \"https://example.org/model.gguf\";"
        else if !isList several || several == [ ] then
          fail' "`${prefix}urls` must be a list of addresses" "${prefix}urls = [ \"https://…\" ];"
        else
          map check several;
      first = head urls;
      path = get file "name";
      name =
        if path == null && first.name == null then
          fail' "the address ${head (split "[?]" first.url)} does not tell the file's name"
            "${prefix}name = \"model.safetensors\";"
        else if path == null then
          first.name
        else if !repositoryPath path then
          fail' "`${prefix}name = ${toJSON path}` must be the file's path in the model"
            "${prefix}name = \"onnx/model.onnx\";"
        else
          path;
      size = get file "size";
      pin = import ../pin.nix {
        inherit where prefix;
        args = if get file "hash" == null then removeAttrs file [ "hash" ] else file;
        inherit (context) warn;
        command =
          "nix-prefetch-hf ${quote first.url}" + (if path == null then "" else " --name ${quote path}");
      };
      known = knownArguments {
        inherit where prefix;
        known = [
          "url"
          "urls"
          "hash"
          "name"
          "size"
        ];
        args = file;
      };
    in
    known {
      inherit (pin) warned;
      file = {
        path = name;
        hash = pin.sri;
        size =
          if size == null || isInt size && size >= 0 then
            size
          else
            fail' "`${prefix}size` must be a number of bytes" "${prefix}size = 4683073184;";
        urls = map (address: address.url) urls;
      };
    };

  files = get given "files";
  isOne = files == null || files == [ ];
  all =
    if isOne then
      [ (fileOf prefix (removeAttrs given [ "files" ])) ]
    else if !isList files then
      fail' "`${prefix}files` must be a list" "${prefix}files = [ { url = \"https://…\"; hash = \"sha256-…\"; } ];"
    else if length rest != 0 then
      fail' "`${prefix}files` and `${prefix}${head rest}` are both given" "put the file into `${prefix}files`"
    else
      genList (i: fileOf "${prefix}files[${toString i}]." (elemAt files i)) (length files);
  rest = builtins.filter (word: word != "files" && given.${word} != null && given.${word} != [ ]) (
    builtins.attrNames given
  );
  warned = foldl' (done: each: value: each.warned (done value)) (value: value) all;
in
if (args.hash or null) != null then
  fail' "`hash` belongs to each file of `source.url`" "${prefix}hash = ${toJSON args.hash};"
else
  warned (pinnedFiles (map (each: each.file) all))
