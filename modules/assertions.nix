# What is wrong in a configuration, each with the option's path and the fix, and what is risky.
#
#   { lib; cfg; option : String ("services.ai-models"); models : AttrSet (models.nix); }
#     -> { assertions : [{ assertion; message; }]; warnings : [String]; }
{
  lib,
  cfg,
  option,
  models,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    head
    isPath
    length
    match
    storeDir
    toJSON
    ;
  parseHash = import ../nixlib/parseHash.nix;
  present = lib.filterAttrs (_: value: value != null);

  path = name: "${option}.models.${name}";

  sources = import ../nixlib/sources.nix;
  given = name: attrNames (present cfg.models.${name}.source);
  unknownSources = name: filter (source: !sources ? ${source}) (attrNames cfg.models.${name}.source);
  hasHash = model: model.hash == "" || parseHash model.hash != null;
  locked = model: models.lockFileOf model != null;
  isHub = model: model.source.huggingface != null;
  hasSource = model: present model.source != { };
  # `hash` is of a repository's files; other sources have a hash for each file.
  hasPin =
    model:
    if locked model || !isHub model then
      model.hash == null && hasSource model == !locked model
    else
      model.hash != null && hasHash model;
  # Only sound models are compared with others.
  isSound =
    name: unknownSources name == [ ] && length (given name) < 2 && hasPin cfg.models.${name};

  sourceOf =
    name:
    let
      given = present cfg.models.${name}.source.huggingface;
    in
    import ../nixlib/source.nix {
      where = path name;
      prefix = "source.huggingface.";
    } (given // { rev = given.rev or given.revision or null; });
  prefetch =
    name:
    let
      command = import ../nixlib/prefetchCommand.nix (sourceOf name);
      run = "nix run github:nix-ai-models/nix-ai-models#nix-prefetch-hf --";
    in
    ''
      ${command}
      or, where it is not installed:
        ${run}${lib.removePrefix "nix-prefetch-hf" command}'';

  ofModel =
    name:
    let
      model = cfg.models.${name};
      unknown = unknownSources name;
      extra = if model.hash == null then "source" else "hash";
    in
    [
      {
        assertion = unknown == [ ];
        message = ''
          ${path name}.source.${head unknown}: there is no such source
          next: ${path name}.source.huggingface.repo = "ORG/NAME";'';
      }
      {
        assertion = unknown != [ ] || locked model || hasSource model;
        message = ''
          ${path name} has no source
          next: ${path name}.source.huggingface.repo = "ORG/NAME";
          or pin it in a lock file and set ${option}.lockFile = ./models.lock.json;
            nix-prefetch-hf lock add ORG/NAME --name ${name}'';
      }
      {
        assertion = unknown != [ ] || length (given name) < 2;
        message = ''
          ${path name}.source has both `${concatStringsSep "` and `" (given name)}`
          next: keep one of the two'';
      }
      {
        assertion = unknown != [ ] || locked model || !hasSource model || isHub model || model.hash == null;
        message = ''
          ${path name}.hash belongs to source.huggingface
          next: ${path name}.source.${concatStringsSep "." (given name)}.hash = ${toJSON model.hash};'';
      }
      {
        assertion = unknown != [ ] || !isHub model || locked model || model.hash != null;
        message = ''
          ${path name}.hash is missing
          next: ${prefetch name}'';
      }
      {
        assertion = unknown != [ ] || model.lockFile == null || (model.hash == null && !hasSource model);
        message = ''
          ${path name} has both `lockFile` and `${extra}`
          next: remove ${path name}.${extra}'';
      }
      {
        assertion = unknown != [ ] || !isHub model || model.hash == null || hasHash model;
        message = ''
          ${path name}.hash = ${toJSON model.hash} is not a sha256 hash
          next: ${prefetch name}'';
      }
    ];

  emptyUrls =
    name:
    let
      url = cfg.models.${name}.source.url;
      files = if url.files == [ ] then [ url ] else url.files;
      addressOf = file: if file.url != null then file.url else head file.urls;
    in
    map (file: ''
      ${path name}.source.url: the hash of ${addressOf file} is empty; the build fails and prints it
      next: nix-prefetch-hf ${lib.escapeShellArg (addressOf file)}'') (
      if url == null then [ ] else filter (file: file.hash == "") files
    );

  # Entries of the module's lock file that are not in `models` are sound, or fail by themselves.
  comparable = lib.filterAttrs (name: _: cfg.models ? ${name} -> isSound name) models.models;
  conflicts = map (message: {
    assertion = false;
    inherit message;
  }) (import ../nixlib/cacheConflicts.nix path comparable);

  inStore = file: isPath file || lib.hasPrefix "${storeDir}/" "${toString file}";
  cacheOption = "${option}.integration.huggingface.cacheDir";
  tokenFile = cfg.auth.tokenFile;
  cacheDir = cfg.integration.huggingface.cacheDir;
in
{
  assertions =
    concatMap ofModel (attrNames cfg.models)
    ++ conflicts
    ++ [
      {
        assertion = tokenFile == null || !inStore tokenFile;
        message = ''
          ${option}.auth.tokenFile is in the Nix store, or a path literal that Nix would copy there
          next: revoke the token, which everybody can read in the store, and name a file outside it:
            ${option}.auth.tokenFile = "/run/secrets/hf-token";'';
      }
      {
        assertion = tokenFile == null || inStore tokenFile || match "hf_[A-Za-z0-9]{30,}" tokenFile == null;
        message = ''
          ${option}.auth.tokenFile is a token, not the path of a file that holds one
          next: revoke that token, which may be in the store, and name a file outside it:
            ${option}.auth.tokenFile = "/run/secrets/hf-token";'';
      }
      {
        assertion = lib.hasPrefix "/" cacheDir && !lib.hasPrefix "${storeDir}/" cacheDir;
        message = ''
          ${cacheOption} = ${toJSON cacheDir} must be an absolute path outside the Nix store
          next: ${cacheOption} = "/var/cache/huggingface/hub";'';
      }
    ];

  warnings =
    concatMap (
      name:
      lib.optional (cfg.models.${name}.hash == "") ''
        ${path name}.hash is empty; the build fails and prints it
        next: ${prefetch name}''
      ++ lib.optional (cfg.models.${name}.hash != "" && !models.models.${name}.pinned) ''
        ${path name} is not pinned: when `${(sourceOf name).rev}` moves, its hash no longer matches
        next: ${prefetch name}''
    ) (
      filter (
        name: isSound name && isHub cfg.models.${name} && !locked cfg.models.${name}
      ) (attrNames cfg.models)
    )
    ++ concatMap emptyUrls (filter isSound (attrNames cfg.models))
    ++ concatMap (
      name: map (text: "${path name}: ${text}") models.models.${name}.unchecked
    ) (filter isSound (attrNames cfg.models))
    ++ lib.optional (tokenFile != null && cfg.fetch == "build") ''
      ${option}.fetch = "build" ignores ${option}.auth: a build cannot read your token
      next: remove ${option}.fetch'';
}
