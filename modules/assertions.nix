# What must not be in a configuration, each with the option that says it and the fix, and what should not.
#
#   option       "services.ai-models"
#   models       what models.nix made of them
#   => { assertions : [{ assertion; message; }]; warnings : [String]; }
{
  lib,
  cfg,
  option,
  models,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    elemAt
    filter
    genList
    groupBy
    head
    isPath
    length
    map
    match
    storeDir
    toJSON
    ;
  inherit (import ../nixlib/hash.nix) isHash;
  present = lib.filterAttrs (_: value: value != null);

  path = name: "${option}.models.${name}";

  unknownSources = name: filter (source: source != "huggingface") (attrNames cfg.models.${name}.source);
  # A model that is sound by itself can be compared with others.
  hasHash = model: model.hash == "" || isHash model.hash;
  locked = model: models.lockFileOf model != null;
  hasSource = model: model.source.huggingface != null;
  hasPin = model: if locked model then model.hash == null && !hasSource model else hasSource model && model.hash != null && hasHash model;
  sound = filter (name: unknownSources name == [ ] && hasPin cfg.models.${name}) (attrNames cfg.models);

  sourceOf =
    name:
    let
      given = present cfg.models.${name}.source.huggingface;
    in
    import ../nixlib/source.nix {
      where = path name;
      prefix = "source.huggingface.";
    } (given // { rev = given.rev or given.revision or null; });
  prefetch = name: import ../nixlib/prefetchCommand.nix (sourceOf name);

  ofModel =
    name:
    let
      model = cfg.models.${name};
      unknown = unknownSources name;
    in
    [
      {
        assertion = unknown == [ ];
        message = ''
          ${path name}.source.${head unknown}: there is no such source. The Hub is the one that there is:
            ${path name}.source.huggingface.repo = "ORG/NAME";'';
      }
      {
        assertion = unknown != [ ] || locked model || hasSource model;
        message = ''
          ${path name} does not say where the model comes from. Write
            ${path name}.source.huggingface.repo = "ORG/NAME";
          or pin it in a lock file: nix-prefetch-hf ORG/NAME --lock models.lock.json --name ${name}, and ${option}.lockFile = ./models.lock.json;'';
      }
      {
        assertion = unknown != [ ] || !hasSource model || locked model || model.hash != null;
        message = ''
          ${path name}.hash is missing. To compute it, run:
            ${prefetch name}'';
      }
      {
        assertion = unknown != [ ] || model.lockFile == null || (model.hash == null && !hasSource model);
        message = "${path name} has both `lockFile` and `${if model.hash == null then "source" else "hash"}`, which say the same. Remove ${path name}.${if model.hash == null then "source" else "hash"}.";
      }
      {
        assertion = unknown != [ ] || !hasSource model || model.hash == null || hasHash model;
        message = ''
          ${path name}.hash = ${toJSON model.hash} is no sha256 hash: "sha256-" and 44 characters in base64. To compute it, run:
            ${prefetch name}'';
      }
    ];

  # The entries of the module's lock file that `models` says nothing of are sound, or its evaluation says what is wrong.
  named = map (name: {
    inherit name;
    model = models.models.${name};
    inherit (models.cacheRefs.${name}) claim;
  }) (sound ++ filter (name: !cfg.models ? ${name}) (attrNames models.models));
  # The same content under the names of two branches is no conflict.
  contentOf = model: model.raw.drvAttrs.outputHash or model.raw.outPath;
  pairs =
    list:
    concatMap (
      i:
      genList (j: {
        first = elemAt list j;
        second = elemAt list i;
      }) i
    ) (genList (i: i) (length list));
  ofRepository =
    group:
    concatMap (
      { first, second }:
      let
        a = path first.name;
        b = path second.name;
        sameRevision = first.model.rev == second.model.rev;
      in
      [
        {
          assertion = !sameRevision || contentOf first.model == contentOf second.model;
          message = ''
            ${a} and ${b} are the same revision of ${first.model.repo} with different files; in a cache, a revision is one folder.
            Give both the same `files`, `include`, `exclude` and `hash`, or make them one model with all the files: ${b}.source.huggingface.files = [ … ];'';
        }
        {
          assertion = sameRevision || first.claim != second.claim;
          message = ''
            ${a} and ${b} are different revisions of ${first.model.repo}, and both are `${first.claim}` to programs that ask for it by name.
            Say which branch or tag one of them was taken from: ${b}.source.huggingface.ref = "v1.0";'';
        }
      ]
    ) (pairs group);

  inStore = file: isPath file || lib.hasPrefix "${storeDir}/" "${toString file}";
  tokenFile = cfg.auth.tokenFile;
  cacheDir = cfg.integration.huggingface.cacheDir;
in
{
  assertions =
    concatMap ofModel (attrNames cfg.models)
    ++ concatMap ofRepository (attrValues (groupBy (each: each.model.hfCacheName) named))
    ++ [
      {
        assertion = tokenFile == null || !inStore tokenFile;
        message = ''
          ${option}.auth.tokenFile is a file of the Nix store, or a path literal that Nix would copy there, and everybody can read the store.
          Write the path of a file outside it as a string, and revoke the token if it was ever evaluated: ${option}.auth.tokenFile = "/run/secrets/hf-token";'';
      }
      {
        assertion = tokenFile == null || inStore tokenFile || match "hf_[A-Za-z0-9]{30,}" tokenFile == null;
        message = ''
          ${option}.auth.tokenFile is a token; it takes the path of a file that holds one. Revoke that token: it may be in the store.
            ${option}.auth.tokenFile = "/run/secrets/hf-token";'';
      }
      {
        assertion = lib.hasPrefix "/" cacheDir && !lib.hasPrefix "${storeDir}/" cacheDir;
        message = "${option}.integration.huggingface.cacheDir = ${toJSON cacheDir} must be a folder outside the Nix store, from the root on: cacheDir = \"/var/cache/huggingface/hub\";";
      }
    ];

  warnings =
    concatMap (
      name:
      lib.optional (cfg.models.${name}.hash == "") ''
        ${path name}.hash is empty: the build will fail and say what it got. To compute it, run:
          ${prefetch name}''
      ++ lib.optional (cfg.models.${name}.hash != "" && !models.models.${name}.pinned) ''
        ${path name} is not pinned: when `${(sourceOf name).rev}` moves, its hash no longer matches. To pin it, run:
          ${prefetch name}''
    ) (filter (name: !locked cfg.models.${name}) sound)
    ++ lib.optional (tokenFile != null && cfg.fetch == "build") ''
      ${option}.fetch = "build" does not use ${option}.auth: a build cannot see your token. Remove one of the two.'';
}
