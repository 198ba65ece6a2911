# The derivations of a configuration's models, and the manifest that `nix-ai-models sync` reads.
#
#   { lib; pkgs; cfg; manifest : AttrSet (the module's own part of the manifest); }
#     -> { models, lockFileOf, modelEnvironment, validatorPrograms, modelPaths, environment, manifest }
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
    # assertions.nix warns, with the option's path.
    warn = _: value: value;
  };

  # A preset, by name or as a set, replaces the module's `validation`; anything less is added to it.
  validationOf =
    model:
    let
      own = present model.validation;
      general = present cfg.validation;
      whole = own ? enable && own ? validators && own ? onFailure && own ? timeout;
      both =
        name:
        lib.optionalAttrs (own ? ${name} && general ? ${name}) {
          ${name} = general.${name} ++ own.${name};
        };
    in
    if own ? preset || whole then own else general // own // both "validators" // both "disable";

  # A model has a source, or its own lock file, or is an entry of the module's.
  lockFileOf =
    model:
    if model.lockFile != null then
      model.lockFile
    else if present model.source == { } && model.hash == null then
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
        source = mapAttrs (_: present) (present model.source);
      }
      // present { inherit (model) hash; }
    else
      {
        inherit lockFile;
        inherit (cfg.auth) trustedPublicKeys;
      };

  entries =
    if cfg.lockFile == null then
      { }
    else
      readLock {
        where = "lockFile";
        inherit (cfg) lockFile;
      };
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
  # A path that is built because it is mentioned, or one that only names.
  mention = path: if atBuild then "${path}" else unsafeDiscardStringContext "${path}";
  # The .drv file alone: the context of drvPath itself would ask for every output below it.
  recipe = derivation: if atBuild then null else unsafeDiscardOutputDependency derivation.drvPath;

  cacheRefs = import ../nixlib/cacheRefs.nix models;

  entry =
    name: model:
    model.manifest
    // {
      inherit name;
      inherit (model)
        repo
        repoType
        rev
        pinned
        partial
        ;
      refs = cacheRefs.${name};
      out = mention model.out;
      report = mention model.report;
      raw = mention model.raw;
      drv = recipe model;
    };

  cache = cfg.integration.huggingface;
in
{
  inherit models lockFileOf;
  inherit (nixlib) modelEnvironment;

  # `activation` builds models on the machine itself, which needs the programs of custom validators.
  validatorPrograms = pkgs.writeText "ai-models-validators.json" (
    toJSON (
      concatMap (
        model:
        concatMap (validator: validator.command or [ ]) (model.definition.validation.validators or [ ])
      ) (attrValues models)
    )
  );

  modelPaths = mapAttrs (_: mention) models;

  environment = import ../nixlib/offlineEnvironment.nix (
    if !cache.enable then
      null
    else if baseNameOf cache.cacheDir == "hub" then
      cache.cacheDir
    else
      "${cache.cacheDir}/hub"
  );

  manifest = pkgs.writeText "ai-models.json" (
    toJSON (
      {
        version = 1;
        cacheDir = if cache.enable then cache.cacheDir else null;
        models = map (name: entry name models.${name}) (attrNames models);
      }
      // manifest
    )
  );
}
