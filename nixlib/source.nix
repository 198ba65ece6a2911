# Checks where a snapshot comes from and fills in the defaults: repository, revision, selection,
# endpoint.
#
#   source : { where : String; prefix ? ""; } -> AttrSet -> {
#     repo, repoType, rev, hfCacheName : String; pinned : Bool; files, include, exclude : [String];
#     quant, mmproj, endpoint : String | null; }
#
#   source { where = "fetchHuggingFace"; } { repo = "prajjwal1/bert-tiny"; }
#   => { repo = "prajjwal1/bert-tiny"; repoType = "model"; rev = "main"; pinned = false; files = [ ]; … }
let
  fail = import ./fail.nix;
  inherit (builtins)
    all
    concatStringsSep
    elemAt
    isList
    isString
    match
    replaceStrings
    stringLength
    toJSON
    typeOf
    ;

  cacheFolders = {
    model = "models";
    dataset = "datasets";
    space = "spaces";
    kernel = "kernels";
  };
in
{
  where,
  prefix ? "",
}:
args:
let
  # Null stands for an argument that is not given: modules and generators need no condition then.
  get = name: default: if (args.${name} or null) == null then default else args.${name};
  fail' = fail where;

  # huggingface_hub, utils/_validators.py: validate_repo_id.
  repo =
    let
      given = get "repo" (fail' "`${prefix}repo` is missing" "${prefix}repo = \"ORG/NAME\";");
      pair = "[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+";
      pasted = match "(https?://[^/]+/|hf://)?(datasets/|spaces/|kernels/)?(${pair})([/@?#].*)?" given;
      types = {
        "datasets/" = "dataset";
        "spaces/" = "space";
        "kernels/" = "kernel";
      };
      type = elemAt pasted 1;
      next =
        if pasted == null then
          "repo = \"ORG/NAME\"; (as on the Hub's page)"
        else
          "repo = ${toJSON (elemAt pasted 2)};"
          + (if type == null then "" else " repoType = ${toJSON types.${type}};");
      word = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?";
      parts = match "(${word}/)?(${word})" given;
      bad =
        parts == null
        || stringLength (elemAt parts 2) > 96
        || match ".*(--|[.][.]).*" given != null
        || match ".*[.]git" given != null;
    in
    if !isString given then
      fail' "`${prefix}repo` must be a string, not a ${typeOf given}" "repo = \"ORG/NAME\";"
    else if bad then
      fail' "`${prefix}repo = ${toJSON given}` is not a repository name" next
    else
      given;

  repoType =
    let
      given = get "repoType" "model";
    in
    if isString given && cacheFolders ? ${given} then
      given
    else
      fail'
        "`${prefix}repoType = ${toJSON given}` must be \"model\", \"dataset\", \"space\" or \"kernel\""
        "repoType = \"model\";";

  pinned = match "[0-9a-f]{40}" rev != null;

  rev =
    let
      given = get "rev" "main";
      printCommit = "nix-prefetch-hf ${repo} --rev ${given}";
    in
    if !isString given || match "[^[:space:][:cntrl:]]+" given == null then
      fail' "`${prefix}rev = ${toJSON given}` must be a commit of 40 digits, a branch or a tag" "rev = \"main\";"
    else if match "[0-9a-fA-F]{40}" given != null && match "[0-9a-f]{40}" given == null then
      fail' "`${prefix}rev = ${toJSON given}`: a commit is written in lower-case digits" printCommit
    # Digits alone may be a tag that is a date.
    else if match "[0-9a-f]{7,39}" given != null && match "[0-9]+" given == null then
      fail' "`${prefix}rev = ${toJSON given}` is a shortened commit, which does not pin; use all 40 digits" printCommit
    else
      given;

  patterns =
    name:
    let
      given = get name [ ];
    in
    if isString given then
      fail' "`${prefix}${name}` must be a list, not a string" "${name} = [ ${toJSON given} ];"
    else if !isList given || !all (pattern: isString pattern && pattern != "") given then
      fail' "`${prefix}${name}` must be a list of file names or patterns" "${name} = [ \"*.json\" ];"
    else
      given;

  # A word in the name of a GGUF file, which fetcher/Snapshots/GgufChoice.cs looks for in the listing.
  word =
    name: example:
    let
      given = get name null;
    in
    if given == null || isString given && match "[A-Za-z0-9._-]+" given != null then
      given
    else
      fail' "`${prefix}${name} = ${toJSON given}` must be a word of a file's name" "${name} = \"${example}\";";

  endpoint =
    let
      example = "endpoint = \"https://huggingface.co\";";
      netrc = "put them into the netrc file that NETRC names (docs/gated.md)";
      given = get "endpoint" null;
    in
    if given == null then
      null
    else if !isString given || match "https?://[^[:space:]?#]+" given == null then
      fail' "`${prefix}endpoint = ${toJSON given}` must be a URL without a query" example
    else if match "https?://[^/]*@.*" given != null then
      fail' "`${prefix}endpoint` must not hold a user name or password: everybody can read a derivation" netrc
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
  quant = word "quant" "Q4_K_M";
  mmproj = word "mmproj" "F16";
  files = patterns "files";
  include = patterns "include";
  exclude = patterns "exclude";
  hfCacheName = concatStringsSep "--" [
    cacheFolders.${repoType}
    (replaceStrings [ "/" ] [ "--" ] repo)
  ];
}
