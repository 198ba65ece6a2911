# Several models as one read-only Hugging Face cache, made of links: HF_HUB_CACHE of a container, a test, a shell. A program that reads it
# runs with HF_HUB_OFFLINE=1. (On a machine whose cache others write to as well, the modules link the models into that.)
#
#   hfCache : { models : { <name> : Definition | Model } | Path; name ? "hf-cache"; } -> Derivation
#
#   hfCache { models = { inherit llama bert; }; }
#   => /nix/store/…-hf-cache, with models--meta-llama--Llama-2-7b-hf/{refs/main,snapshots/… -> …}, models--prajjwal1--bert-tiny/…
lib:
{ mkModels }:
args:
let
  where = "hfCache";
  fail = import ./fail.nix where;
  knownArguments = import ./knownArguments.nix;
  inherit (builtins)
    attrNames
    attrValues
    filter
    head
    mapAttrs
    ;

  models = mkModels (args.models or (fail "`models` is missing. Add: models = { inherit llama; };"));
  refs = import ./cacheRefs.nix models;
  named = mapAttrs (
    name: model:
    let
      others = filter (other: other != name && models.${other}.hfCacheName == model.hfCacheName) (attrNames models);
      sameRevision = filter (other: models.${other}.rev == model.rev && models.${other}.raw.outPath != model.raw.outPath) others;
      sameRef = filter (other: models.${other}.rev != model.rev && refs.${other}.claim == refs.${name}.claim) others;
    in
    if sameRevision != [ ] then
      fail "`${name}` and `${head sameRevision}` are the same revision of ${model.repo} with different files; in a cache, a revision is one folder. Make them one model with all the files."
    else if sameRef != [ ] then
      fail "`${name}` and `${head sameRef}` are different revisions of ${model.repo}, and both are `${refs.${name}.claim}` to programs that ask for it by name. Say which branch or tag one of them was taken from: source.huggingface.ref = \"v1.0\";"
    else
      {
        raw = "${model.raw}";
        # No model is in a cache before it has passed its validation.
        view = "${model}";
        inherit (model) hfCacheName rev;
        inherit (refs.${name}) refs;
      }
  ) models;
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
    derivation (
      {
        name = import ./storeName.nix where (args.name or "hf-cache");
        inherit (lib) system;
        __structuredAttrs = true;
        models = attrValues named;
        preferLocalBuild = true;
      }
      // import ./builder.nix lib.fetcher "cache"
    )
  )
