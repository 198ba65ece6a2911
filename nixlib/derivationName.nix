# The names of fixed-output derivations. A name tells what is in it, so that a changed `rev` or
# selection with a stale `hash` is a hash mismatch and never the old content.
# fetcher/Store/DerivationName.cs computes the same names.
#
#   derivationName : {
#     snapshot : { repo, repoType, rev, files, include, exclude, quant ?, mmproj ? } -> String
#     regular  : { repo, repoType } -> [{ path, oid }] -> String     the regular files of a locked model
#     file     : String -> String
#   }
#
#   derivationName.snapshot { repo = "prajjwal1/bert-tiny"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; … }
#   => "hf+prajjwal1+bert-tiny+6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    elemAt
    hashString
    isString
    length
    listToAttrs
    match
    replaceStrings
    split
    stringLength
    substring
    ;

  longest = 150;
  digestLength = 32; # fewer digits can be made to collide

  prefixes = {
    model = "hf";
    dataset = "hf-dataset";
    space = "hf-space";
    kernel = "hf-kernel";
  };

  # Replaces every character (byte) that `set` matches by a dash.
  dash =
    set: text: concatStringsSep "" (map (part: if isString part then part else "-") (split set text));

  # The names of a set are sorted and distinct.
  sorted =
    list:
    attrNames (
      listToAttrs (
        map (name: {
          inherit name;
          value = null;
        }) list
      )
    );

  withDigest =
    base: text:
    "${substring 0 (longest - digestLength - 1) base}=${
      substring 0 digestLength (hashString "sha256" text)
    }";

  lastOf =
    count: text:
    if stringLength text <= count then text else substring (stringLength text - count) count text;

  isDerivation = name: match ".*\\.drv" name != null;
in
{
  snapshot =
    {
      repo,
      repoType,
      rev,
      files,
      include,
      exclude,
      quant ? null,
      mmproj ? null,
      ...
    }:
    let
      # Two revisions must not share a name: a commit is written whole, and "a/b" is told from "a-b".
      revPart = dash "[^A-Za-z0-9._-]" rev;
      words = word: value: if value == null then [ ] else lines word [ value ];
      selection =
        lines "exclude" exclude
        ++ lines "files" files
        ++ lines "include" include
        ++ words "mmproj" mmproj
        ++ words "quant" quant;
      base = "${prefixes.${repoType}}+${replaceStrings [ "/" ] [ "+" ] repo}+${revPart}";

      lines = word: map (pattern: "${word} ${hashString "sha256" pattern}");
      text = concatStringsSep "\n" (
        [
          "type ${repoType}"
          "repo ${repo}"
          "rev ${rev}"
        ]
        ++ sorted selection
      );
    in
    if selection != [ ] || revPart != rev || stringLength base > longest || isDerivation base then
      withDigest base text
    else
      base;

  # It changes with the files' contents alone: another commit with the same files has them already.
  regular =
    { repo, repoType, ... }:
    files:
    withDigest "${prefixes.${repoType}}+${replaceStrings [ "/" ] [ "+" ] repo}+regular" (
      concatStringsSep "\n" (
        [
          "type ${repoType}"
          "repo ${repo}"
        ]
        ++ sorted (map (file: "${file.oid} ${hashString "sha256" file.path}") files)
      )
    );

  # The end is kept, for the extension. A store path's name may not begin with a dot, and should not
  # begin with a dash, nor end like that of a derivation.
  file =
    path:
    let
      segments = split "/" path;
      dashed = dash "[^A-Za-z0-9+._?=-]" (elemAt segments (length segments - 1));
      name = lastOf longest (if isDerivation dashed then dashed + "_" else dashed);
    in
    if elem (substring 0 1 name) [ "." "-" ] then
      lastOf longest "_${substring (if stringLength name < longest then 0 else 1) longest name}"
    else
      name;
}
