# A model of files that are pinned one by one: a flat fixed-output derivation for each, whose name does
# not tell the model, so that two models share every identical file, and a folder of links to them.
#
#   pinnedFiles : Context -> { where; name; source : String; network; attrs ? { }; } -> [PinnedFile] -> Origin
#     PinnedFile = { path : String; hash : String; size ? Int | null; urls : [String] | file : String; }
#       path   in the model, such as "onnx/model.onnx"
#       hash   a sha256, SRI or 64 hexadecimal digits
#       urls   where the bytes are, in the order in which they are tried; their scheme says who reads
#              them (fetcher/Sources)
#       file   in place of `urls`: in the store already
#     attrs    of the files' derivations, besides; `signed` also of the folder's
#     Origin   sources.nix
#
#   pinnedFiles context { name = "llama"; source = "url"; … } [ { path = "llama.gguf"; … } ]
#   => { raw = «derivation /nix/store/…-llama-files.drv»; downloads = [ «derivation …-llama.gguf.drv» ]; … }
let
  builder = import ./builder.nix;
  derivationName = import ./derivationName.nix;
  fail = import ./fail.nix;
  fixedOutput = import ./fixedOutput.nix;
  parseHash = import ./parseHash.nix;
  present = import ./present.nix;
  repositoryPath = import ./repositoryPath.nix;
  inherit (builtins)
    filter
    head
    length
    listToAttrs
    map
    stringLength
    substring
    toJSON
    ;
  startsWith = prefix: text: substring 0 (stringLength prefix) text == prefix;
in
context:
{
  where,
  name,
  source,
  network,
  attrs ? { },
}:
files:
let
  fail' = fail where;
  paths = map (file: file.path) files;
  bad = filter (path: !repositoryPath path) paths;
  twice = filter (path: length (filter (other: other == path) paths) > 1) paths;
  inFile = filter (path: filter (other: startsWith "${other}/" path) paths != [ ]) paths;

  parts = map (file: {
    inherit (file) path;
    sha256 = (parseHash file.hash).hex;
    given = file.file or null;
    download = fixedOutput context {
      name = derivationName.file file.path;
      mode = "flat";
      sri = (parseHash file.hash).sri;
      source = null;
      inherit network;
      attrs =
        attrs
        // present { size = file.size or null; }
        // {
          file = file.path;
          inherit (file) urls;
        };
    };
  }) files;
  known = map (file: {
    inherit (file) path sha256;
    file = if file.given != null then file.given else "${file.download}";
  }) parts;

  raw = derivation (
    {
      name = "${name}-files";
      inherit (context) system;
      __structuredAttrs = true;
      links = listToAttrs (
        map (file: {
          name = file.path;
          value = file.file;
        }) known
      );
      preferLocalBuild = true;
    }
    // present { signed = attrs.signed or null; }
    // builder context.fetcher "links"
  );
in
if files == [ ] then
  fail' "`source.${source}` has no file" "source.${source}.files = [ { … } ];"
else if bad != [ ] then
  fail' "`${toJSON (head bad)}` cannot be a file's path in a model" "name = \"onnx/model.onnx\";"
else if twice != [ ] then
  fail' "two files have the path `${head twice}`" "give one of them another `name`"
else if inFile != [ ] then
  fail' "`${head inFile}` is below another file" "give one of the two another `name`"
else
  {
    inherit raw known paths;
    downloads = map (file: file.download) (filter (file: file.given == null) parts);
    content = raw.outPath;
    selection = {
      files = paths;
      include = [ ];
      exclude = [ ];
      quant = null;
      mmproj = null;
    };
    select = path: "source.${source}.files = [ { name = ${toJSON path}; … } … ];";
    listing = null;
    hub = null;
    manifest = {
      source = null;
      locked = null;
    };
    definition = { };
  }
