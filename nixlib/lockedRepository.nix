# The snapshot of a model that a lock file pins file by file: a fixed-output derivation for every
# large file, one for all the others, and a folder of links to them. The name of a large file's
# derivation does not tell the model, so that two revisions, or two models, share every identical
# file.
#
#   lockedRepository : Context -> { where; name; lockFile; read; damaged; checkSigned; signedBy; network;
#     tokenEnvVar; } -> Origin   (lockedModel.nix, sources.nix)
#
#   lockedRepository context { name = "llama"; read = { repo = "unsloth/Llama-3.2-1B-Instruct"; … }; … }
#   => { raw = «derivation /nix/store/…-hf+unsloth+Llama-3.2-1B-Instruct+5a8abab4….drv»; … }
let
  builder = import ./builder.nix;
  derivationName = import ./derivationName.nix;
  fixedOutput = import ./fixedOutput.nix;
  parseHash = import ./parseHash.nix;
  present = import ./present.nix;
  repositoryPath = import ./repositoryPath.nix;
  inherit (builtins)
    all
    elemAt
    filter
    genList
    isAttrs
    isList
    isString
    length
    listToAttrs
    map
    match
    toJSON
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
  tokenEnvVar,
}:
let
  isFile =
    digest: digits: file:
    isAttrs file
    && repositoryPath (file.path or null)
    && isString (file.${digest} or null)
    && match "[0-9a-f]{${digits}}" file.${digest} != null
    &&
      removeAttrs file [
        "path"
        "size"
        digest
      ] == { };
  isRegular =
    regular:
    isAttrs regular
    &&
      removeAttrs regular [
        "hash"
        "files"
      ] == { }
    && isString (regular.hash or null)
    && parseHash regular.hash != null
    && isList (regular.files or null)
    && all (isFile "oid" "40") regular.files;

  source = import ./source.nix {
    inherit where;
    prefix = "lock entry ${name}: ";
  } read;
  entry =
    if !source.pinned then
      damaged "rev is not a commit of 40 digits"
    else if !isList (read.lfs or [ ]) || !all (isFile "sha256" "64") (read.lfs or [ ]) then
      damaged "lfs must have a path and a sha256 of 64 digits for every file"
    else if read ? regular && !isRegular read.regular then
      damaged "regular must have a hash, and a path and an oid of 40 digits for every file"
    else
      checkSigned read;
  lfs = entry.lfs or [ ];
  regular = entry.regular or null;

  signed = signedBy entry;

  fetch =
    arguments: attrs:
    fixedOutput context (
      {
        # `attrs` has the selection.
        source = source // {
          files = [ ];
          include = [ ];
          exclude = [ ];
          quant = null;
          mmproj = null;
        };
        inherit network;
        # The last two are for the message about a fetch with a user's own token.
        attrs =
          present { inherit tokenEnvVar signed; }
          // {
            lockFile = baseNameOf lockFile;
            entryName = name;
          }
          // attrs;
        variables = if tokenEnvVar == null then [ ] else [ tokenEnvVar ];
      }
      // arguments
    );

  large = map (file: {
    inherit (file) path sha256;
    download = fetch {
      name = derivationName.file file.path;
      mode = "flat";
      sri = (parseHash file.sha256).sri;
    } { file = file.path; };
  }) lfs;
  known = map (file: {
    inherit (file) path sha256;
    file = "${file.download}";
  }) large;

  small =
    if regular == null then
      [ ]
    else
      [
        (fetch {
          name = derivationName.regular source regular.files;
          mode = "recursive";
          sri = (parseHash regular.hash).sri;
        } { paths = map (file: file.path) regular.files; })
      ];
  # ONNX Runtime takes a model's external data from below the folder that the model's link leads to: for
  # a large file that is the store itself. A model that is a regular file gets a path of its own there.
  graphs = filter (path: lfs != [ ] && match ".*[.]onnx" path != null) (
    map (file: file.path) (regular.files or [ ])
  );
  copies = genList (i: {
    name = elemAt graphs i;
    value = "onnx${toString i}";
  }) (length graphs);
  raw = derivation (
    {
      name = derivationName.snapshot source;
      inherit (context) system;
      __structuredAttrs = true;
      entryName = name;
      inherit entry known;
      regular = map (folder: "${folder}") small;
      preferLocalBuild = true;
    }
    // present { inherit signed; }
    // (
      if copies == [ ] then
        { }
      else
        {
          outputs = [ "out" ] ++ map (copy: copy.value) copies;
          copies = listToAttrs copies;
        }
    )
    // builder context.fetcher "farm"
  );
in
{
  inherit known raw;
  paths = map (file: file.path) (lfs ++ (if regular == null then [ ] else regular.files));
  downloads = map (file: file.download) large ++ small;
  content = raw.outPath;
  selection = source;
  select = path: "files = [ ${toJSON path} … ];";
  listing = null;
  hub = import ./hubIdentity.nix {
    inherit where source;
    prefix = "";
    commit = source.rev;
    ref = entry.ref or null;
  };
  definition = { };
  manifest = {
    source = null;
    locked = present { inherit (network) connections bandwidthLimit transport; } // {
      inherit entry;
    };
  };
}
