# A model: a view of its snapshot made of links, which programs load by path and by name.
#
#   fetchModel :
#     { name : String;
#       source.huggingface : {
#         repo : String; rev ? "main"; revision ? (alias of rev); ref ? String;
#         repoType ? "model" | "dataset" | "space" | "kernel";
#         files ? [String]; include ? [String]; exclude ? [String]; quant ? String; mmproj ? String;
#         endpoint ? String; };
#       hash : String;
#       validation ? AttrSet (validation/plan.nix);
#       auth ? { tokenEnvVar ? String; };
#       network ? { connections ? Int; bandwidthLimit ? String; transport ? String; };
#       meta ? AttrSet; } -> Model
#   In place of `source` and `hash`, the entry that `nix-prefetch-hf lock add REPO` wrote:
#     { name : String; lockFile : Path; trustedPublicKeys ? [String]; … } -> Model
#
#   Model = Derivation // {
#     raw, report : Derivation; downloads : [Derivation];
#     repo, repoType, rev, ref, hfCacheName : String; refs : [String]; pinned, partial : Bool;
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
    any
    filter
    isList
    isString
    match
    split
    toJSON
    ;

  # git, check-ref-format(1), as far as a ref becomes a path in the view.
  isRef =
    ref:
    isString ref
    && match "[^[:space:][:cntrl:]~^:?*\\[\\\\]+" ref != null
    && !any (part: part == "" || match "[.].*" part != null || match ".*[.]lock" part != null) (
      filter isString (split "/" ref)
    )
    && match ".*[.][.].*" ref == null;
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
      import ./hashedModel.nix context {
        inherit
          where
          args
          network
          tokenEnvVar
          ;
      };
  inherit (origin) source raw commit;

  # The branch or tag that the commit was taken from, by which a program asks for it. `main` always
  # is one.
  ref =
    let
      default = if source.pinned then "main" else source.rev;
      prefix = if locked then "" else "source.huggingface.";
    in
    if origin.ref == null then
      default
    else if isRef origin.ref then
      origin.ref
    else
      fail' "`${prefix}ref = ${toJSON origin.ref}` is not the name of a branch or tag" "${prefix}ref = \"v1.0\";";

  refs = [ "main" ] ++ (if ref == "main" then [ ] else [ ref ]);

  tokenEnvVar =
    let
      given = (args.auth or { }).tokenEnvVar or null;
    in
    if given == null || isString given && import ./tokenVariable.nix given then
      given
    else
      fail' "`auth.tokenEnvVar` must be the name of a token" "auth.tokenEnvVar = \"HF_TOKEN\";";

  checks = import ./validation/selected.nix {
    inherit where source;
    prefix = if locked then "" else "source.huggingface.";
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
      inherit (source) repo repoType;
      rev = commit;
      inherit refs;
      validation = checks.plan;
      preferLocalBuild = true;
    }
    // present { inherit (origin) known; }
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
        else if word != null && !locked then
          {
            ${attribute} =
              fail' "`${attribute}` needs the files' names in place of `${word}`"
                "${import ./prefetchCommand.nix source}   # prints them";
          }
        else
          { };
    in
    path "modelPath" source.quant files.model // path "mmprojPath" source.mmproj files.projector;

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
    inherit raw ref refs;
    inherit (origin) downloads content;
    inherit (source)
      repo
      repoType
      hfCacheName
      pinned
      ;
    rev = commit;
    # Whether it is a selection of the repository's files.
    partial =
      source.files != [ ]
      || source.include != [ ]
      || source.exclude != [ ]
      || source.quant != null
      || source.mmproj != null;
    inherit (origin) manifest;
    definition = args // (if locked then { } else { hash = origin.content; });
    meta = args.meta or { };
    inherit (checks) unchecked;
  }
  // gguf
)
