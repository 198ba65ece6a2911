# Refuses an argument that nobody reads, with a suggestion, and every way to put a token into an
# expression: what is in a derivation, every user of the machine can read.
#
#   knownArguments : { where : String; known : [String]; args : AttrSet; prefix ? ""; } -> a -> a
#
#   knownArguments { where = "fetchModel"; known = [ "name" "hash" ]; args = { sha256 = ""; }; } value
#   => error: nix-ai-models: fetchModel: unknown argument `sha256`; did you mean `hash`?
#      next: use one of: hash, name
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

  tokenWays = ''
    give the token in one of these ways:
      - HF_TOKEN or HF_TOKEN_PATH in the environment of the Nix daemon (of `nix build` where there is none)
      - `nix-prefetch-hf` with your own token, which puts the files where this build expects them
      - `auth.tokenFile` of the NixOS or Home Manager module, a path outside the store'';
  readable = "a token must not be in a Nix expression, since everybody can read the store";

  # The words of other fetchers and of huggingface_hub.
  synonyms = {
    allow_patterns = "include";
    allowPatterns = "include";
    branch = "rev";
    quantization = "quant";
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
  inStore =
    value:
    isPath value || isString value && substring 0 (stringLength storeDir + 1) value == "${storeDir}/";
in
{
  where,
  known,
  args,
  prefix ? "",
}:
let
  fail' = fail where;
  names = attrNames args;
  unknown = filter (name: !elem name known) names;
  # `meta` is the user's own and goes nowhere.
  tokens = filter (name: name != "meta" && holdsToken args.${name}) names;
  first = head unknown;
  meant = if elem (synonyms.${first} or null) known then synonyms.${first} else nearest known first;
  suggestion = if meant == null then "" else "; did you mean `${prefix}${meant}`?";
  revoke = "revoke this one if the expression was ever evaluated, since it may be in the store, and ${tokenWays}";
in
if !isAttrs args then
  fail' "`${prefix}…` must be a set" "{ ${concatStringsSep " " (map (name: "${name} = …;") known)} }"
else if tokens != [ ] then
  fail' "`${prefix}${head tokens}` holds a token (hf_…): ${readable}" revoke
else if unknown == [ ] then
  value: value
else if elem first tokenNames then
  fail' "unknown argument `${prefix}${first}`: ${readable}" (
    if inStore args.${first} then revoke else tokenWays
  )
else
  fail' "unknown argument `${prefix}${first}`${suggestion}" "use one of: ${
    concatStringsSep ", " (sort (a: b: a < b) known)
  }"
