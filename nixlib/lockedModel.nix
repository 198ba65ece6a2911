# A model that an entry of a lock file pins.
#
#   lockedModel : Context -> { where; name; lockFile; trustedPublicKeys; network; tokenEnvVar; } -> Origin
#     Origin   sources.nix
#
#   lockedModel context { where = "…"; name = "llama"; lockFile = ./models.lock.json; … }
#   => { raw = «derivation /nix/store/…-hf+unsloth+Llama-3.2-1B-Instruct+5a8abab4….drv»; … }
let
  builder = import ./builder.nix;
  fail = import ./fail.nix;
  lockCommand = import ./lockCommand.nix;
  readLock = import ./readLock.nix;
  inherit (builtins)
    attrNames
    concatStringsSep
    head
    isAttrs
    ;
in
context:
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
  file = toString lockFile;
  names = concatStringsSep ", " (attrNames models);
  sign = lockCommand lockFile "sign ${name} --key-file KEY";
  pinAgain = lockCommand lockFile "add ORG/NAME --name ${name}";
  read = models.${name} or (fail' "${file} has no model `${name}` (it has: ${names})" pinAgain);
  damaged =
    what: fail' "${file}: entry `${name}` is damaged: ${what}" "git checkout ${baseNameOf lockFile}";

  checkSigned =
    entry:
    if trustedPublicKeys != [ ] && (entry.signatures or [ ]) == [ ] then
      fail' "${file}: entry `${name}` is not signed, and `trustedPublicKeys` requires a signature" sign
    else
      entry;

  # Built before anything is downloaded: an input of the downloads, whose own paths do not depend on
  # it.
  signedBy =
    entry:
    if trustedPublicKeys == [ ] then
      null
    else
      "${derivation (
        {
          name = "${name}-signed";
          inherit (context) system;
          __structuredAttrs = true;
          entryName = name;
          inherit entry trustedPublicKeys;
          preferLocalBuild = true;
        }
        // builder context.fetcher "verify-lock-entry"
      )}";
  # One that is not read here could be what a reviewer reads: an entry of two sources.
  fields =
    if read ? source then
      [
        "source"
        "ref"
        "rev"
        "frozen"
        "manifest"
        "size"
        "files"
        "signatures"
      ]
    else
      [
        "repo"
        "repoType"
        "ref"
        "rev"
        "frozen"
        "endpoint"
        "files"
        "include"
        "exclude"
        "quant"
        "mmproj"
        "size"
        "lfs"
        "regular"
        "signatures"
      ];
  unknown = attrNames (removeAttrs read fields);
  arguments = {
    inherit
      where
      name
      lockFile
      read
      damaged
      checkSigned
      signedBy
      network
      ;
  };
in
if !isAttrs read then
  damaged "it is not a JSON object"
else if unknown != [ ] then
  damaged "`${head unknown}` does not belong there"
else if read ? source then
  import ./lockedFiles.nix context arguments
else
  import ./lockedRepository.nix context (arguments // { inherit tokenEnvVar; })
