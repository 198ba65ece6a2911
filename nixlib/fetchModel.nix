# A model: a view of its snapshot made of links, which programs load by path and by name.
#
#   fetchModel :
#     { name : String;
#       source.huggingface : { repo : String; rev ? "main"; revision ? (alias of rev); ref ? String;
#                              repoType ? "model" | "dataset" | "space"; files ? [String]; include ? [String]; exclude ? [String];
#                              endpoint ? String; };
#       hash : String; validation ? AttrSet (validation/plan.nix); auth ? { tokenEnvVar ? String; };
#       network ? { connections ? Int; bandwidthLimit ? String; }; meta ? AttrSet; }
#     -> Derivation // { raw, report : Derivation; repo, repoType, rev, hfCacheName : String; refs : [String]; pinned : Bool;
#                        definition, meta : AttrSet; }
#
#   fetchModel {
#     name = "bert-tiny";
#     source.huggingface = { repo = "prajjwal1/bert-tiny"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; };
#     hash = "sha256-…";
#   }
#   => /nix/store/…-bert-tiny, with config.json -> …, hub/models--prajjwal1--bert-tiny/{refs/main,snapshots/6f75…3837 -> raw}
lib:
let
  knownArguments = import ./knownArguments.nix;
  fail = import ./fail.nix;
  storeName = import ./storeName.nix;
  inherit (builtins)
    any
    elem
    filter
    isString
    match
    split
    substring
    toJSON
    ;

  # git, check-ref-format(1), as far as a ref becomes a path in the view.
  isRef =
    ref:
    isString ref
    && match "[^[:space:][:cntrl:]~^:?*\\[\\\\]+" ref != null
    && !any (part: part == "" || match "[.].*" part != null || match ".*[.]lock" part != null) (filter isString (split "/" ref))
    && match ".*[.][.].*" ref == null;
in
args:
let
  where = if isString (args.name or null) then "fetchModel ${toJSON args.name}" else "fetchModel";
  fail' = fail where;

  name = storeName where (args.name or (fail' "`name` is missing. Add: name = \"llama\";"));

  huggingface =
    (args.source or (fail' "`source` is missing. Add: source.huggingface.repo = \"ORG/NAME\";")).huggingface
      or (fail' "`source.huggingface` is missing: the Hub is the one source. Add: source.huggingface.repo = \"ORG/NAME\";");

  rev = huggingface.rev or null;
  revision = huggingface.revision or null;
  source =
    import ./source.nix
      {
        inherit where;
        prefix = "source.huggingface.";
      }
      (
        huggingface
        // {
          rev =
            if rev != null && revision != null && rev != revision then
              fail' "`source.huggingface.rev` and its alias `revision` say two things: ${toJSON rev} and ${toJSON revision}. Keep one."
            else if rev == null then
              revision
            else
              rev;
        }
      );

  pin = import ./pin.nix {
    inherit where args;
    inherit (lib) warn;
    command = import ./prefetchCommand.nix source;
  };

  # The branch or tag that the commit was taken from: what a program asks for by name. `main` always is.
  ref =
    let
      given = huggingface.ref or null;
      default = if source.pinned then "main" else source.rev;
    in
    if given == null then
      default
    else if isRef given then
      given
    else
      fail' "`source.huggingface.ref = ${toJSON given}` is no branch or tag.";
  refs = [ "main" ] ++ (if ref == "main" then [ ] else [ ref ]);

  # The commit, or where nobody knows it something that changes with the content, so that the view stays pure.
  commit = if source.pinned then source.rev else substring 0 40 pin.hex;

  tokenEnvVar =
    let
      given = (args.auth or { }).tokenEnvVar or null;
    in
    if given == null || isString given && match "[A-Za-z_][A-Za-z0-9_]*" given != null then
      given
    else
      fail' "`auth.tokenEnvVar` must be the name of an environment variable, such as auth.tokenEnvVar = \"HF_TOKEN\";";

  raw = import ./snapshot.nix lib {
    inherit
      where
      source
      pin
      tokenEnvVar
      ;
    network = import ./network.nix where args;
  };

  view = derivation (
    {
      inherit name;
      inherit (lib) system;
      __structuredAttrs = true;
      outputs = [
        "out"
        "report"
      ];
      raw = "${raw}";
      inherit (source) repo repoType;
      rev = commit;
      inherit refs;
      validation = import ./validation/plan.nix where (args.validation or { });
      preferLocalBuild = true;
    }
    // import ./builder.nix lib.fetcher "model"
  );

  checked =
    value:
    knownArguments {
      inherit where args;
      known = [
        "name"
        "source"
        "hash"
        "auth"
        "network"
        "validation"
        "meta"
      ];
    } (knownArguments {
      inherit where;
      known = [ "huggingface" ];
      args = args.source or { };
      prefix = "source.";
    } (knownArguments {
      inherit where;
      known = [
        "repo"
        "rev"
        "revision"
        "ref"
        "repoType"
        "files"
        "include"
        "exclude"
        "endpoint"
      ];
      args = huggingface;
      prefix = "source.huggingface.";
    } (knownArguments {
      inherit where;
      known = [ "tokenEnvVar" ];
      args = args.auth or { };
      prefix = "auth.";
    } value)));
in
checked (
  view
  // {
    inherit raw refs;
    inherit (source)
      repo
      repoType
      hfCacheName
      pinned
      ;
    rev = commit;
    definition = args // {
      hash = pin.sri;
    };
    meta = args.meta or { };
  }
)
