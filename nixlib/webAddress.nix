# Checks an address of a file on the web, and the name that it gives the file.
# fetcher/Sources/WebAddress.cs has the same rules.
#
#   webAddress : { where, prefix : String; } -> String -> { url : String; name : String | null; }
#     name   null where the address does not tell one
#
#   webAddress { … } "https://github.com/o/r/releases/download/v1/model%20a.gguf"
#   => { url = "https://github.com/o/r/releases/download/v1/model%20a.gguf"; name = "model a.gguf"; }
let
  fail = import ./fail.nix;
  percentDecode = import ./percentDecode.nix;
  repositoryPath = import ./repositoryPath.nix;
  inherit (builtins)
    elem
    elemAt
    filter
    head
    isString
    length
    match
    replaceStrings
    split
    stringLength
    toJSON
    typeOf
    ;

  upper = filter isString (split "" "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  lower = filter isString (split "" "abcdefghijklmnopqrstuvwxyz");
  letters = list: filter (letter: letter != "") list;
  lowerCase = replaceStrings (letters upper) (letters lower);

  # The words of S3 and MinIO, Google, CloudFront, Azure, GitHub, civitai and other services.
  credentials = [
    "access_token"
    "api-key"
    "api_key"
    "apikey"
    "auth"
    "auth_token"
    "authorization"
    "awsaccesskeyid"
    "jwt"
    "passwd"
    "password"
    "private_token"
    "secret"
    "sig"
    "signature"
    "token"
    "x-amz-credential"
    "x-amz-security-token"
    "x-amz-signature"
    "x-goog-credential"
    "x-goog-signature"
  ];
  # Those of services of one's own: upload_token, clientSecret, X-Plex-Token.
  credentialEnding = ".*(apikey|credential|credentials|passwd|password|secret|signature|token)";
in
{ where, prefix }:
address:
let
  fail' = fail where;
  example = "${prefix}url = \"https://example.org/model.gguf\";";
  parts = match "(https?)://([^/?#[:space:]]+)(/[^?#[:space:]]*)?([?]([^#[:space:]]*))?" address;
  display = "${elemAt parts 0}://${elemAt parts 1}${path}";
  path = if elemAt parts 2 == null then "/" else elemAt parts 2;
  query = if elemAt parts 4 == null then "" else elemAt parts 4;
  # A server decodes the word.
  wordOf =
    pair:
    let
      word = head (filter isString (split "=" pair));
      text = percentDecode word;
    in
    lowerCase (if text == null then word else text);
  words = map wordOf (filter isString (split "[&;]" query));
  secret = filter (word: elem word credentials || match credentialEnding word != null) words;
  segments = filter isString (split "/" path);
  decoded = percentDecode (elemAt segments (length segments - 1));
  # A number or a verb (`…/download/models/12345`) does not name a file; LICENSE does.
  isName =
    name:
    repositoryPath name
    && stringLength name <= 255
    && match "[^[:cntrl:]/]+" name != null
    && (match ".*[^.][.][A-Za-z][A-Za-z0-9_-]*" name != null || match "[A-Z]{3,}" name != null);
in
if !isString address then
  fail' "`${prefix}url` must be a string, not a ${typeOf address}" example
else if parts == null || match ".*[[:cntrl:]\"'<>\\\\^`{|}].*" address != null then
  fail' "`${prefix}url = ${toJSON address}` is not an address of a file (https:// or http://, no fragment)" example
else if match ".*@.*" (elemAt parts 1) != null then
  fail' "`${prefix}url` must not hold a user name or password: everybody can read a derivation"
    "put them into the netrc file that NETRC names (docs/url.md)"
else if secret != [ ] then
  fail'
    (
      "`${prefix}url` holds a credential (`${head secret}=…`): "
      + "everybody can read a derivation, and a signed address expires"
    )
    ''
      put the file into the store with the whole address, and define it without the query:
        nix-prefetch-hf '${display}?…'   # prints the definition; the build then needs no network
      or, for a password or token of your own, a netrc file (docs/url.md)''
else
  {
    url = address;
    name = if decoded != null && isName decoded then decoded else null;
  }
