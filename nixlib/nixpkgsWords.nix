# The words of nixpkgs' fetchFromHuggingFace (pkgs/build-support/fetchhuggingface) in our own: a pin of a whole repository can be pasted,
# and its hash is ours. Words that make the checkout another one (sparseCheckout, deepClone …) are not among them.
#
#   nixpkgsWords : String -> AttrSet -> { used : Bool; args : AttrSet; }
#
#   nixpkgsWords "fetchHuggingFace" { repoId = "gpt2"; tag = "v1.0"; domain = "hub.example.org"; backend = "lfs"; hash = "sha256-…"; }
#   => { used = true; args = { repo = "gpt2"; rev = "v1.0"; endpoint = "https://hub.example.org"; hash = "sha256-…"; }; }
let
  fail = import ./fail.nix;
  given = args: name: (args.${name} or null) != null;

  # How the files travel; they are the same.
  ignored = [ "backend" ];
  ours = {
    repoId = "repo";
    tag = "rev";
    domain = "endpoint";
  };
  value = {
    repoId = repo: repo;
    tag = tag: tag;
    domain = domain: if domain == "huggingface.co" then null else "https://${domain}";
  };
  inherit (builtins)
    attrNames
    filter
    foldl'
    isAttrs
    isString
    removeAttrs
    toJSON
    ;
in
where: args:
let
  words = filter (given args) (attrNames ours);
  translate =
    all: word:
    if given args ours.${word} then
      fail where "`${word}` and `${ours.${word}}` say the same thing twice. Keep one."
    else if !isString args.${word} then
      fail where "`${word}` must be a string, not ${toJSON args.${word}}."
    else
      all // { ${ours.${word}} = value.${word} args.${word}; };
in
if !isAttrs args then
  {
    used = false;
    inherit args;
  }
else
  {
    used = args ? repoId;
    args = foldl' translate (removeAttrs args (attrNames ours ++ (if args ? repoId then ignored else [ ]))) words;
  }
