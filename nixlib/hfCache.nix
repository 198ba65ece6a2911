# Several models as one read-only Hugging Face cache, made of links: the HF_HUB_CACHE of a
# container, a test or a shell. Its readers set HF_HUB_OFFLINE=1. Where others write to the cache
# too, the modules link the models into it. Several selections of one revision are one folder. A model
# that does not come from the Hub has no place in a cache.
#
#   hfCache : { models : { <name> : Definition | Model } | Path; name ? "hf-cache"; } -> Derivation
#
#   hfCache { models = { inherit llama bert; }; }
#   => /nix/store/…-hf-cache, with models--meta-llama--Llama-2-7b-hf/{refs/main,snapshots/… -> …}, …
context:
{ mkModels }:
args:
let
  where = "hfCache";
  fail = import ./fail.nix where;
  knownArguments = import ./knownArguments.nix;
  inherit (builtins) attrNames filter head;

  models = mkModels (args.models or (fail "`models` is missing" "models = { inherit llama; };"));
  refs = import ./cacheRefs.nix models;
  conflicts = import ./cacheConflicts.nix (name: "models.${name}") models;
  entry =
    name:
    let
      model = models.${name};
    in
    {
      raw = "${model.raw}";
      # A model that fails its validation is in no cache. The list of its files is there, too.
      view = "${model}";
      inherit (model) hfCacheName rev;
      refs = refs.${name};
    };
in
knownArguments
  {
    inherit where args;
    known = [
      "models"
      "name"
    ];
  }
  (
    if conflicts != [ ] then
      throw "nix-ai-models: ${where}: ${head conflicts}"
    else
      derivation (
        {
          name = import ./storeName.nix where (args.name or "hf-cache");
          inherit (context) system;
          __structuredAttrs = true;
          models = map entry (filter (name: models.${name}.hfCacheName != null) (attrNames models));
          preferLocalBuild = true;
        }
        // import ./builder.nix context.fetcher "cache"
      )
  )
