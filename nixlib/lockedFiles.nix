# A locked model of files that are pinned one by one at addresses: of any source but the Hub.
#
#   lockedFiles : Context -> { where; name; lockFile; read; damaged; checkSigned; signedBy; network; } -> Origin
#     (lockedModel.nix, sources.nix)
#
#   lockedFiles context { name = "llama"; read = { source = "url"; files = [ { path = "llama.gguf"; … } ]; }; … }
#   => { raw = «derivation /nix/store/…-llama-files.drv»; … }
let
  present = import ./present.nix;
  repositoryPath = import ./repositoryPath.nix;
  webAddress = import ./webAddress.nix;
  inherit (builtins)
    all
    isAttrs
    isInt
    isList
    isString
    map
    match
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
    && all isAddress file.urls;
  entry =
    if !isString read.source then
      damaged "source is not a word"
    else if !isList (read.files or null) || read.files == [ ] || !all isFile read.files then
      damaged "files must have a path, a sha256 of 64 digits and urls for every file"
    else
      checkSigned read;
  # Whoever edits the file by hand may put a password there, too.
  checked =
    url:
    if match "https?://.*" url == null then
      url
    else
      (webAddress {
        inherit where;
        prefix = "lock entry ${name}: ";
      } url).url;
in
import ./pinnedFiles.nix context
  {
    inherit where name network;
    inherit (entry) source;
    attrs = present { signed = signedBy entry; } // {
      # For the message about a fetch with a user's own password.
      lockFile = baseNameOf lockFile;
      entryName = name;
    };
  }
  (
    map (file: {
      inherit (file) path urls;
      hash = file.sha256;
      size = file.size or null;
    }) (map (file: file // { urls = map checked file.urls; }) entry.files)
  )
