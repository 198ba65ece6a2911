# What a configuration of models comes to: their derivations, and the manifest that `nix-ai-models sync` reads.
#
#   manifest   what the module adds to the manifest
#   => { models, cacheRefs, lockFileOf, validatorPrograms, modelPaths, environment, manifest }
{
  lib,
  pkgs,
  cfg,
  manifest,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    baseNameOf
    concatMap
    elemAt
    intersectAttrs
    mapAttrs
    toJSON
    unsafeDiscardOutputDependency
    unsafeDiscardStringContext
    ;
  present = lib.filterAttrs (_: value: value != null);
  readLock = import ../nixlib/readLock.nix;

  nixlib = import ../nixlib {
    fetcher = cfg.package;
    inherit pkgs;
    inherit (pkgs.stdenv.hostPlatform) system;
    caBundle = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";
    # assertions.nix says it with the option's path.
    warn = _: value: value;
  };

  # A preset, or a set that stands for one, is all there is to say; anything less is added to what holds for every model.
  validationOf =
    model:
    let
      own = present model.validation;
      general = present cfg.validation;
      whole = own ? enable && own ? validators && own ? onFailure && own ? timeout;
      both = name: lib.optionalAttrs (own ? ${name} && general ? ${name}) { ${name} = general.${name} ++ own.${name}; };
    in
    if own ? preset || whole then own else general // own // both "validators" // both "disable";

  # A model says where it comes from, or which lock file does, or stands in the module's.
  lockFileOf =
    model:
    if model.lockFile != null then
      model.lockFile
    else if model.source.huggingface == null && model.hash == null then
      cfg.lockFile
    else
      null;
  pinOf =
    model:
    let
      lockFile = lockFileOf model;
    in
    if lockFile == null then
      {
        source.huggingface = present model.source.huggingface;
        inherit (model) hash;
      }
    else
      {
        inherit lockFile;
        inherit (cfg.auth) trustedPublicKeys;
      };

  entries = if cfg.lockFile == null then { } else readLock { where = "lockFile"; inherit (cfg) lockFile; };
  models =
    mapAttrs (
      name: _:
      nixlib.fetchModel {
        inherit name;
        inherit (cfg) lockFile;
        inherit (cfg.auth) trustedPublicKeys;
        validation = present cfg.validation;
      }
    ) entries
    // mapAttrs (
      name: model:
      nixlib.fetchModel (
        {
          inherit name;
          network = present model.network;
          validation = validationOf model;
        }
        // pinOf model
      )
    ) cfg.models;

  atBuild = cfg.fetch == "build";
  # A path whose mention builds it, or one that only names it.
  mention = path: if atBuild then "${path}" else unsafeDiscardStringContext "${path}";
  # The .drv file alone: the context of drvPath itself would ask for every output below it.
  recipe = derivation: if atBuild then null else unsafeDiscardOutputDependency derivation.drvPath;

  cacheRefs = import ../nixlib/cacheRefs.nix models;

  entry = name: model: {
    inherit name;
    inherit (model) repo repoType rev;
    inherit (cacheRefs.${name}) refs;
    inherit (model) partial;
    out = mention model.out;
    report = mention model.report;
    raw = mention model.raw;
    drv = recipe model;
    rawDrv = recipe model.raw;
    # What is fetched outside of a build, with a token.
    source = if model.raw.drvAttrs ? outputHash then sourceOf model.raw.drvAttrs else null;
    locked =
      if model.raw.drvAttrs ? outputHash then
        null
      else
        intersectAttrs {
          connections = null;
          bandwidthLimit = null;
        } (elemAt model.downloads 0).drvAttrs
        // {
          inherit (model.raw.drvAttrs) entry;
        };
  };
  sourceOf = intersectAttrs {
    repo = null;
    repoType = null;
    rev = null;
    files = null;
    include = null;
    exclude = null;
    endpoint = null;
    connections = null;
    bandwidthLimit = null;
    name = null;
    outputHash = null;
  };

  cache = cfg.integration.huggingface;
in
{
  inherit models cacheRefs lockFileOf;

  # `activation` builds models on the machine itself, where the programs of the user's own validators must be.
  validatorPrograms = pkgs.writeText "ai-models-validators.json" (
    toJSON (
      concatMap (model: concatMap (validator: validator.command or [ ]) (model.definition.validation.validators or [ ])) (
        attrValues models
      )
    )
  );

  modelPaths = mapAttrs (_: mention) models;

  environment =
    lib.optionalAttrs cache.enable {
      HF_HUB_CACHE = if baseNameOf cache.cacheDir == "hub" then cache.cacheDir else "${cache.cacheDir}/hub";
    }
    // {
      HF_HUB_OFFLINE = "1";
      TRANSFORMERS_OFFLINE = "1";
      HF_DATASETS_OFFLINE = "1";
      LLAMA_ARG_OFFLINE = "1";
    };

  manifest = pkgs.writeText "ai-models.json" (
    toJSON (
      {
        version = 1;
        cacheDir = if cache.enable then cache.cacheDir else null;
        inherit (cfg) fetch;
        models = map (name: entry name models.${name}) (attrNames models);
      }
      // manifest
    )
  );
}
