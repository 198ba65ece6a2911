# Checks where a snapshot comes from and gives it every default: repository, revision, selection, endpoint.
#
#   source : { where : String; prefix ? ""; } -> AttrSet -> {
#     repo, repoType, rev, pinned : Bool, files, include, exclude : [String], endpoint : String | null, hfCacheName
#   }
#
#   source { where = "fetchHuggingFace"; } { repo = "prajjwal1/bert-tiny"; }
#   => { repo = "prajjwal1/bert-tiny"; repoType = "model"; rev = "main"; pinned = false; files = [ ]; … }
let
  fail = import ./fail.nix;
  inherit (builtins)
    all
    concatStringsSep
    elem
    isList
    isString
    match
    replaceStrings
    stringLength
    substring
    toJSON
    typeOf
    ;

  cacheFolders = {
    model = "models";
    dataset = "datasets";
    space = "spaces";
  };
in
{
  where,
  prefix ? "",
}:
args:
let
  # An argument that is null is not given: modules and generators have it easier so.
  get = name: default: if (args.${name} or null) == null then default else args.${name};
  fail' = fail where;

  # huggingface_hub, utils/_validators.py: validate_repo_id.
  repo =
    let
      given = get "repo" (fail' "`${prefix}repo` is missing. Add: ${prefix}repo = \"ORG/NAME\";");
      pasted = match "(https?://[^/]+/|hf://)?(datasets/|spaces/)?([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)([/@?#].*)?" given;
      types = {
        "datasets/" = "dataset";
        "spaces/" = "space";
      };
      pastedType = builtins.elemAt pasted 1;
      fix =
        if pasted == null then
          "It is \"ORG/NAME\" as the Hub's page shows it: letters, digits, `-`, `_`, `.`; no `--`, no `..`, not ending in `.git`, no part that begins or ends with `-` or `.`, a name of at most 96 characters."
        else
          "Write: repo = ${toJSON (builtins.elemAt pasted 2)};${
            if pastedType == null then "" else " repoType = ${toJSON types.${pastedType}};"
          }";
      word = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?";
      parts = match "(${word}/)?(${word})" given;
      bad =
        parts == null
        || stringLength (builtins.elemAt parts 2) > 96
        || match ".*(--|[.][.]).*" given != null
        || match ".*[.]git" given != null;
    in
    if !isString given then
      fail' "`${prefix}repo` must be a string, not a ${typeOf given}. Write: repo = \"ORG/NAME\";"
    else if bad then
      fail' "`${prefix}repo = ${toJSON given}` is no repository name. ${fix}"
    else
      given;

  repoType =
    let
      given = get "repoType" "model";
    in
    if isString given && cacheFolders ? ${given} then
      given
    else
      fail' "`${prefix}repoType = ${toJSON given}` is none of \"model\", \"dataset\", \"space\".";

  pinned = match "[0-9a-f]{40}" rev != null;

  rev =
    let
      given = get "rev" "main";
    in
    if !isString given || match "[^[:space:][:cntrl:]]+" given == null then
      fail' "`${prefix}rev` must be a commit of 40 hexadecimal digits, or a branch or tag, not ${toJSON given}."
    else if match "[0-9a-fA-F]{40}" given != null && match "[0-9a-f]{40}" given == null then
      fail' "`${prefix}rev = ${toJSON given}`: a commit is written in lower-case digits."
    # Digits alone may be a tag that is a date.
    else if match "[0-9a-f]{7,39}" given != null && match "[0-9]+" given == null then
      fail' "`${prefix}rev = ${toJSON given}` looks like a shortened commit, and a short one does not pin. Use all 40 digits; `nix-prefetch-hf ${repo} --rev ${given}` prints them."
    else
      given;

  patterns =
    name:
    let
      given = get name [ ];
    in
    if isString given then
      fail' "`${prefix}${name}` must be a list. Write: ${name} = [ ${toJSON given} ];"
    else if !isList given || !all (pattern: isString pattern && pattern != "") given then
      fail' "`${prefix}${name}` must be a list of file names or patterns, such as ${name} = [ \"*.json\" ];"
    else
      given;

  endpoint =
    let
      given = get "endpoint" null;
    in
    if given == null then
      null
    else if !isString given || match "https?://[^[:space:]?#]+" given == null then
      fail' "`${prefix}endpoint = ${toJSON given}` must be a URL without a query, such as endpoint = \"https://huggingface.co\";"
    else if match "https?://[^/]*@.*" given != null then
      fail' "`${prefix}endpoint` must not hold a user name or password: everybody can read what is in a derivation. See HF_TOKEN and NETRC in docs/."
    else
      given;
in
{
  inherit
    repo
    repoType
    rev
    pinned
    endpoint
    ;
  files = patterns "files";
  include = patterns "include";
  exclude = patterns "exclude";
  hfCacheName = concatStringsSep "--" [
    cacheFolders.${repoType}
    (replaceStrings [ "/" ] [ "--" ] repo)
  ];
}
