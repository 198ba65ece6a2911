# Translates the words of nixpkgs' fetchFromHuggingFace (pkgs/build-support/fetchhuggingface), so
# that a pin of a whole repository can be pasted; its hash is ours. Words that change the checkout
# (sparseCheckout, deepClone …) are not translated.
#
#   nixpkgsWords : String -> AttrSet -> { used : Bool; args : AttrSet; }
#
#   nixpkgsWords "fetchHuggingFace" { repoId = "gpt2"; tag = "v1.0"; domain = "hub.example.org"; }
#   => { used = true; args = { repo = "gpt2"; rev = "v1.0"; endpoint = "https://hub.example.org"; }; }
let
  fail = import ./fail.nix;
  given = args: name: (args.${name} or null) != null;

  # How the files travel; they are the same.
  ignored = [
    "backend"
    "rootDir"
  ];
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
    typeOf
    ;
in
where: args:
let
  words = filter (given args) (attrNames ours);
  translate =
    all: word:
    if given args ours.${word} then
      fail where "`${word}` and `${ours.${word}}` mean the same" "remove `${word}`"
    else if !isString args.${word} then
      fail where "`${word}` must be a string, not a ${typeOf args.${word}}" "${word} = \"…\";"
    else
      all // { ${ours.${word}} = value.${word} args.${word}; };
  untranslated = removeAttrs args (attrNames ours ++ (if args ? repoId then ignored else [ ]));
in
if isAttrs args && args ? repoId && (args.rootDir or "") != "" then
  fail where "`rootDir` has no counterpart: a selection keeps its folder, and has a hash of its own"
    "include = [ \"${toString args.rootDir}/\" ];   # and the path \"\${…}/${toString args.rootDir}\""
else if !isAttrs args then
  {
    used = false;
    inherit args;
  }
else
  {
    used = args ? repoId;
    args = foldl' translate untranslated words;
  }
