# A model: a view of its snapshot made of links, which programs load by path and by name.
#
#   fetchModel :
#     { name : String;
#       source.url : { url, hash : String; name ? String; … } (sources/url.nix), or
#       source.huggingface : {
#         repo : String; rev ? "main"; revision ? (alias of rev); ref ? String;
#         repoType ? "model" | "dataset" | "space" | "kernel";
#         files ? [String]; include ? [String]; exclude ? [String]; quant ? String; mmproj ? String;
#         endpoint ? String; };
#       hash : String;                       of source.huggingface alone
#       validation ? AttrSet (validation/plan.nix);
#       auth ? { tokenEnvVar ? String; };
#       network ? { connections ? Int; bandwidthLimit ? String; transport ? String; };
#       meta ? AttrSet; } -> Model
#   In place of `source` and `hash`, the entry that `nix-prefetch-hf lock add REPO` wrote:
#     { name : String; lockFile : Path; trustedPublicKeys ? [String]; … } -> Model
#
#   Model = Derivation // {
#     raw, report : Derivation; downloads : [Derivation];
#     repo, repoType, rev, ref, hfCacheName : String | null   null where it does not come from the Hub
#     refs : [String]; pinned, partial : Bool;
#     modelPath, mmprojPath ? String  the GGUF model (its first part) and its projector
#     unchecked : [String]  what the selection leaves the validators without
#     content : String      equal where two models have the same files
#     manifest : AttrSet    what `nix-ai-models sync` fetches the model by
#     definition, meta : AttrSet; }
#
#   fetchModel {
#     name = "bert-tiny";
#     source.huggingface.repo = "prajjwal1/bert-tiny";
#     source.huggingface.rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
#     hash = "sha256-…";
#   }
#   => /nix/store/…-bert-tiny, with config.json -> … and hub/models--prajjwal1--bert-tiny/{refs,snapshots}
context:
let
  knownArguments = import ./knownArguments.nix;
  fail = import ./fail.nix;
  present = import ./present.nix;
  storeName = import ./storeName.nix;
  inherit (builtins)
    all
    isList
    isString
    match
    toJSON
    ;
in
args:
let
  where = if isString (args.name or null) then "fetchModel ${toJSON args.name}" else "fetchModel";
  fail' = fail where;

  name = storeName where (args.name or (fail' "`name` is missing" "name = \"llama\";"));

  locked = (args.lockFile or null) != null;
  network = import ./network.nix where args;
  trustedPublicKeys =
    let
      given = args.trustedPublicKeys or [ ];
    in
    if
      isList given
      && all (key: isString key && match "[^:[:space:]]+:[A-Za-z0-9+/]{43}=" key != null) given
    then
      given
    else
      fail' "`trustedPublicKeys` must be a list of public keys" "trustedPublicKeys = [ \"me-1:…\" ];";

  origin =
    if locked then
      import ./lockedModel.nix context {
        inherit
          where
          name
          trustedPublicKeys
          network
          tokenEnvVar
          ;
        inherit (args) lockFile;
      }
    else
      import ./givenSource.nix context {
        inherit
          where
          name
          args
          network
          tokenEnvVar
          ;
      };
  inherit (origin) raw selection;
  # A model that does not come from the Hub is found by its path, and in no cache.
  noHub = {
    repo = null;
    repoType = null;
    rev = null;
    ref = null;
    refs = [ ];
    hfCacheName = null;
    pinned = true;
    partial = false;
  };
  hub = if origin.hub == null then noHub else origin.hub;

  tokenEnvVar =
    let
      given = (args.auth or { }).tokenEnvVar or null;
    in
    if given == null || isString given && import ./tokenVariable.nix given then
      given
    else
      fail' "`auth.tokenEnvVar` must be the name of a token" "auth.tokenEnvVar = \"HF_TOKEN\";";

  checks = import ./validation/selected.nix {
    inherit where;
    inherit (origin) selection select;
  } (import ./validation/plan.nix where (args.validation or { }));
  warned = builtins.foldl' (
    value: text: context.warn "${where}: ${text}" value
  ) (value: value) checks.unchecked;

  view = derivation (
    {
      inherit name;
      inherit (context) system;
      __structuredAttrs = true;
      outputs = [
        "out"
        "report"
      ];
      raw = "${raw}";
      validation = checks.plan;
      preferLocalBuild = true;
    }
    // present {
      inherit (origin) known;
      inherit (hub)
        repo
        repoType
        rev
        refs
        ;
    }
    // import ./builder.nix context.fetcher "model"
  );

  # The paths that a program such as llama.cpp opens. A word of a definition stands for files that only
  # the Hub's listing tells.
  gguf =
    let
      files = import ./ggufPaths.nix origin.paths;
      path =
        attribute: word: file:
        if file != null then
          { ${attribute} = "${view}/${file}"; }
        else if word != null && origin.listing != null then
          {
            ${attribute} =
              fail' "`${attribute}` needs the files' names in place of `${word}`"
                "${origin.listing}   # prints them";
          }
        else
          { };
    in
    path "modelPath" selection.quant files.model // path "mmprojPath" selection.mmproj files.projector;

  pinAgain = import ./lockCommand.nix args.lockFile "add ORG/NAME --name ${name}";

  # Arguments that determine the files.
  words =
    if locked then
      [
        "lockFile"
        "trustedPublicKeys"
      ]
    else
      [
        "source"
        "hash"
        "lockFile"
      ];
  checked =
    value:
    if locked && (args ? source || args ? hash) then
      fail' "`lockFile` replaces `source` and `hash`; keep one of the two" pinAgain
    else
      knownArguments
        {
          inherit where args;
          known = words ++ [
            "name"
            "auth"
            "network"
            "validation"
            "meta"
          ];
        }
        (
          knownArguments {
            inherit where;
            known = [ "tokenEnvVar" ];
            args = args.auth or { };
            prefix = "auth.";
          } value
        );
in
checked (
  warned view
  // {
    inherit raw;
    inherit (origin) downloads content manifest;
    inherit (hub)
      repo
      repoType
      rev
      ref
      refs
      hfCacheName
      pinned
      partial
      ;
    definition = args // origin.definition;
    meta = args.meta or { };
    inherit (checks) unchecked;
  }
  // gguf
  // (origin.attributes or { })
)
