# Refuses an argument that nobody reads, with the one that was meant, and every way of putting a token into an expression:
# what a derivation holds, every user of the machine can read.
#
#   knownArguments : { where : String; known : [String]; args : AttrSet; prefix ? ""; } -> a -> a
#
#   knownArguments { where = "fetchHuggingFace"; known = [ "repo" "hash" ]; args = { repo = "gpt2"; sha256 = ""; }; } value
#   => error: nix-ai-models: fetchHuggingFace: unknown argument `sha256`; did you mean `hash`? It takes: hash, repo.
let
  fail = import ./fail.nix;
  nearest = import ./nearest.nix;
  inherit (builtins)
    any
    attrNames
    attrValues
    concatStringsSep
    elem
    filter
    head
    isAttrs
    isList
    isPath
    isString
    match
    sort
    storeDir
    stringLength
    substring
    ;

  tokenNames = [
    "HF_TOKEN"
    "accessToken"
    "access_token"
    "apiKey"
    "api_key"
    "authToken"
    "hfToken"
    "hf_token"
    "password"
    "secret"
    "token"
    "tokenFile"
    "token_file"
    "useAuthToken"
    "use_auth_token"
  ];

  whereTokensGo = ''
    A token must not be in a Nix expression: every user of the machine can read what is in the store. Give it in one of these ways:
      - HF_TOKEN or HF_TOKEN_PATH in the environment of the Nix daemon (or of `nix build` where there is no daemon);
      - `nix-prefetch-hf` with your own token, which puts the files at the path that this build has;
      - `auth.tokenFile` of the NixOS or Home Manager module, a path outside the store.'';

  # Words of other fetchers and of huggingface_hub.
  synonyms = {
    allow_patterns = "include";
    allowPatterns = "include";
    branch = "rev";
    commit = "rev";
    domain = "endpoint";
    filename = "file";
    ignore_patterns = "exclude";
    ignorePatterns = "exclude";
    model = "repo";
    outputHash = "hash";
    patterns = "include";
    repo_id = "repo";
    repoId = "repo";
    revision = "rev";
    sha256 = "hash";
    tag = "rev";
    type = "repoType";
    url = "endpoint";
  };

  holdsToken =
    value:
    if isString value then
      match ".*hf_[A-Za-z0-9]{30,}.*" value != null
    else if isList value then
      any holdsToken value
    else if isAttrs value && (value.type or null) != "derivation" then
      any holdsToken (attrValues value)
    else
      false;
  # Interpolating a path literal is what copies a file into the store.
  inStore = value: isPath value || isString value && substring 0 (stringLength storeDir + 1) value == "${storeDir}/";
in
{
  where,
  known,
  args,
  prefix ? "",
}:
let
  names = attrNames args;
  unknown = filter (name: !elem name known) names;
  # `meta` is the user's own and goes nowhere.
  tokens = filter (name: name != "meta" && holdsToken args.${name}) names;
  first = head unknown;
  meant =
    if elem (synonyms.${first} or null) known then synonyms.${first} else nearest known first;
  suggestion = if meant == null then "." else "; did you mean `${prefix}${meant}`?";
in
if !isAttrs args then
  fail where "`${prefix}…` must be a set: { ${concatStringsSep "; " (map (name: "${name} = …") known)}; }"
else if tokens != [ ] then
  fail where "`${prefix}${head tokens}` holds a token (hf_…). ${whereTokensGo}\nThen revoke this one, if the expression was ever evaluated: it may be in the store."
else if unknown == [ ] then
  value: value
else if elem first tokenNames then
  fail where "`${prefix}${first}` is no argument. ${whereTokensGo}${
    if inStore args.${first} then "\nThe file is in the store, where everybody can read it: revoke that token." else ""
  }"
else
  fail where "unknown argument `${prefix}${first}`${suggestion} It takes: ${concatStringsSep ", " (sort (a: b: a < b) known)}."
