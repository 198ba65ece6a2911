# A locked model of files that are pinned one by one at addresses: of any source but the Hub.
#
#   lockedFiles : Context -> { where; name; lockFile; read; damaged; checkSigned; signedBy; network; } -> Origin
#     (lockedModel.nix, sources.nix)
#
#   lockedFiles context { name = "llama"; read = { source = "url"; files = [ { path = "llama.gguf"; … } ]; }; … }
#   => { raw = «derivation /nix/store/…-llama-files.drv»; … }
let
  ollamaName = import ./ollamaName.nix;
  present = import ./present.nix;
  repositoryPath = import ./repositoryPath.nix;
  webAddress = import ./webAddress.nix;
  inherit (builtins)
    all
    hashString
    isAttrs
    isInt
    isList
    isString
    listToAttrs
    map
    match
    sort
    ;
in
context:
{
  where,
  name,
  lockFile,
  read,
  damaged,
  checkSigned,
  signedBy,
  network,
}:
let
  isAddress = url: isString url && match "[a-z][a-z0-9+.-]*://[^[:space:]]+" url != null;
  isFile =
    file:
    isAttrs file
    && repositoryPath (file.path or null)
    && isString (file.sha256 or null)
    && match "[0-9a-f]{64}" file.sha256 != null
    && ((file.size or null) == null || isInt file.size)
    && isList (file.urls or null)
    && file.urls != [ ]
    &&
      removeAttrs file [
        "path"
        "size"
        "sha256"
        "urls"
      ] == { }
    && all isAddress file.urls;
  entry =
    if !isString read.source then
      damaged "source is not a word"
    else if !isList (read.files or null) || read.files == [ ] || !all isFile read.files then
      damaged "files must have a path, a sha256 of 64 digits and urls for every file, and only a size besides"
    else
      checkSigned read;
  # Whoever edits the file by hand may put a password there, too.
  checked =
    url:
    if match "https?://.*" url == null then
      if match "[^/]*//[^/?#]*@.*" url == null then url else damaged "an address holds a user name or a password"
    else
      (webAddress {
        inherit where;
        prefix = "lock entry ${name}: ";
      } url).url;
  pinnedFiles = import ./pinnedFiles.nix context {
    inherit where name network;
    inherit (entry) source;
    attrs = present { signed = signedBy entry; } // {
      # For the message about a fetch with a user's own password.
      lockFile = baseNameOf lockFile;
      entryName = name;
    };
  };

  # The manifest says which files there are; the entry's must be the same, with addresses of its own.
  ollama =
    let
      text = entry.manifest or null;
      sum = files: map (file: "${file.path} ${file.sha256}") (sort (a: b: a.path < b.path) files);
      origin = import ./ollamaModel.nix {
        fail = what: damaged "manifest: ${what}";
        inherit pinnedFiles text;
        model = entry.ref;
        endpoint = null;
        urls = listToAttrs (
          map (file: {
            name = file.path;
            value = file.urls;
          }) entry.files
        );
      };
    in
    if !isString text || "sha256:${hashString "sha256" text}" != (entry.rev or null) then
      damaged "rev is not the digest of manifest"
    else if !isString (entry.ref or null) || ollamaName entry.ref == null then
      damaged "ref is not the name of a model of Ollama's"
    else if sum origin.attributes.ollama.blobs != sum entry.files then
      damaged "files are not those of manifest"
    else
      origin;
in
if entry.source == "ollama" then
  ollama
else
  pinnedFiles (
    map (file: {
      inherit (file) path urls;
      hash = file.sha256;
      size = file.size or null;
    }) (map (file: file // { urls = map checked file.urls; }) entry.files)
  )
