# The snapshot of a model that a lock file pins file by file: a fixed-output derivation for every large file, one for all the others,
# and a folder of links to them. The name of a large file's derivation says nothing of the model, so that two revisions, or two
# models, share every file that is the same.
#
#   lockedModel : { fetcher, system, caBundle, warn } -> { where; name; lockFile; trustedPublicKeys; network; tokenEnvVar; }
#     -> { source; raw : Derivation; downloads : [Derivation]; commit, ref : String; known : [{ path, sha256, file : String }]; }
#
#   lockedModel lib { where = "…"; name = "llama"; lockFile = ./models.lock.json; trustedPublicKeys = [ ]; … }
#   => { raw = «derivation /nix/store/…-hf+unsloth+Llama-3.2-1B-Instruct+5a8abab4.drv»; … }
let
  builder = import ./builder.nix;
  derivationName = import ./derivationName.nix;
  fail = import ./fail.nix;
  fixedOutput = import ./fixedOutput.nix;
  hash = import ./hash.nix;
  present = import ./present.nix;
  readLock = import ./readLock.nix;
  repositoryPath = import ./repositoryPath.nix;
  inherit (builtins)
    all
    attrNames
    concatStringsSep
    isAttrs
    isList
    isString
    map
    match
    ;
in
lib:
{
  where,
  name,
  lockFile,
  trustedPublicKeys,
  network,
  tokenEnvVar,
}:
let
  fail' = fail where;
  models = readLock { inherit where lockFile; };
  read =
    models.${name} or (fail' "${toString lockFile} has no model `${name}`; it has: ${concatStringsSep ", " (attrNames models)}. To add it, run:\n  nix-prefetch-hf ORG/NAME --lock ${baseNameOf lockFile} --name ${name}");
  damaged = what: fail' "the entry `${name}` of ${toString lockFile} is damaged: ${what}. Take it from version control, or pin anew.";
  isFile =
    digest: digits: file:
    isAttrs file && repositoryPath (file.path or null) && isString (file.${digest} or null) && match "[0-9a-f]{${digits}}" file.${digest} != null;
  isRegular =
    regular:
    isAttrs regular
    && isString (regular.hash or null)
    && hash.isHash regular.hash
    && isList (regular.files or null)
    && all (isFile "oid" "40") regular.files;

  source = import ./source.nix {
    inherit where;
    prefix = "lock entry ${name}: ";
  } read;
  entry =
    if !isAttrs read then
      damaged "it is no set"
    else if !source.pinned then
      damaged "rev is no commit of 40 digits"
    else if !isList (read.lfs or [ ]) || !all (isFile "sha256" "64") (read.lfs or [ ]) then
      damaged "lfs must have a path and a sha256 of 64 digits for every file"
    else if read ? regular && !isRegular read.regular then
      damaged "regular must have a hash, and a path and an oid of 40 digits for every file"
    else if trustedPublicKeys != [ ] && (read.signatures or [ ]) == [ ] then
      fail' "the entry `${name}` of ${toString lockFile} is not signed, and `trustedPublicKeys` wants a signature. Who vouches for it runs:\n  nix-ai-models lock-sign ${baseNameOf lockFile} ${name} --key-file KEY"
    else
      read;
  lfs = entry.lfs or [ ];
  regular = entry.regular or null;

  # Nothing is downloaded before it is built. It is an input of the downloads, whose own paths do not depend on it.
  signed =
    if trustedPublicKeys == [ ] then
      null
    else
      "${derivation (
        {
          name = "${name}-signed";
          inherit (lib) system;
          __structuredAttrs = true;
          entryName = name;
          inherit entry trustedPublicKeys;
          preferLocalBuild = true;
        }
        // builder lib.fetcher "verify-lock-entry"
      )}";

  fetch =
    arguments: attrs:
    fixedOutput lib (
      {
        # What is pinned is said by `attrs`.
        source = source // {
          files = [ ];
          include = [ ];
          exclude = [ ];
        };
        inherit network;
        # The last two are for the message that says how to fetch it with a user's own token.
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
      sri = hash.toSri file.sha256;
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
          sri = hash.toSri regular.hash;
        } { paths = map (file: file.path) regular.files; })
      ];
in
{
  inherit source known;
  downloads = map (file: file.download) large ++ small;
  commit = source.rev;
  ref = entry.ref or null;
  raw = derivation (
    {
      name = derivationName.snapshot source;
      inherit (lib) system;
      __structuredAttrs = true;
      entryName = name;
      inherit entry;
      inherit known;
      regular = map (folder: "${folder}") small;
      preferLocalBuild = true;
    }
    // present { inherit signed; }
    // builder lib.fetcher "farm"
  );
}
