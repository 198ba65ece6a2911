# The options that the NixOS and the Home Manager module share.
#
#   { lib; pkgs;
#     cacheDir : { default; defaultText ?; }
#     tokenFile : { example; description; }
#     authGiven : Bool                          whether any option names a token
#     computed : { modelPaths; environment; }   from models.nix
#   } -> { enable, package, models, … : Option }
{
  lib,
  pkgs,
  cacheDir,
  tokenFile,
  authGiven,
  computed,
}:
let
  inherit (lib) literalExpression mkOption types;

  # An option that may be left out.
  optional =
    type: attributes:
    mkOption (
      {
        type = types.nullOr type;
        default = null;
      }
      // attributes
    );

  # The argument of nixlib/validation/plan.nix: a preset by name or as a set, and changes to either.
  validation = types.submodule {
    options = {
      preset = optional (types.enum (builtins.attrNames (import ../nixlib/validation/presets.nix))) {
        example = "strict";
        description = "The name of a preset of validators.";
      };
      enable = optional types.bool {
        description = ''
          Whether to validate the model. Without validation the report has no hashes, and clients that
          are online download files that they could reuse.
        '';
      };
      validators = optional (types.listOf (types.attrsOf types.anything)) {
        example = literalExpression "[ (nix-ai-models.lib.validation.validators.maxSize \"50G\") ]";
        description = "Validators in addition to the preset's; one of the same name replaces it.";
      };
      disable = optional (types.listOf types.str) {
        example = [ "license" ];
        description = "Names of validators not to run.";
      };
      onFailure =
        optional
          (types.enum [
            "abort"
            "warn"
            "skip"
          ])
          {
            description = ''
              `abort`: the model is not built. `warn`: findings go to the log and the report. `skip`: to the
              report.
            '';
          };
      timeout = optional types.ints.positive { description = "Time limit of a validator, in seconds."; };
      skipDefaults = optional types.bool {
        description = "Whether to run only the validators listed here, and none of the preset.";
      };
    };
  };

  # The options of a source, by its word in `source`; nixlib/sources.nix has the same words.
  sources = builtins.mapAttrs (_: source: optional source.type { inherit (source) description; }) (
    import ./sources.nix { inherit lib optional; }
  );

  model = types.submodule {
    options = {
      source = mkOption {
        # Freeform, so that assertions.nix can answer the name of another source.
        type = types.submodule {
          freeformType = types.attrsOf types.anything;
          options = sources;
        };
        default = { };
        description = "Where the model comes from; not set for a model of a lock file.";
      };
      hash = optional types.str {
        example = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
        description = ''
          The sha256 of the files of `source.huggingface`, as `nix-prefetch-hf REPO` prints it.
          `hash = ""` fails and prints the command that computes it.
        '';
      };
      lockFile = optional types.path {
        example = literalExpression "./models.lock.json";
        description = ''
          A lock file with an entry of the model's name, in place of `source` and `hash`;
          `nix-prefetch-hf lock add REPO` writes it without downloading a weight. If none of the
          three is set, the module's `lockFile` has the entry.
        '';
      };
      validation = mkOption {
        type = validation;
        default = { };
        example = literalExpression "nix-ai-models.lib.validation.presets.strict";
        description = ''
          How the model is validated. A preset replaces the module's `validation`; anything less is
          added to it.
        '';
      };
      network = {
        connections = optional types.ints.positive {
          description = "The number of connections at a time.";
        };
        bandwidthLimit = optional types.str {
          example = "50M";
          description = "The limit of the download rate, in bytes per second.";
        };
        transport = optional (types.enum [
          "auto"
          "plain"
          "xet"
        ]) {
          description = ''
            Which way large files are downloaded: `plain`, whole; `xet`, as chunks; `auto`, as
            chunks where an older version is at hand or the plain way is refused. If null, `auto`.
          '';
        };
      };
    };
  };
in
{
  enable = lib.mkEnableOption "models of the Hugging Face Hub, pinned and found offline";

  package = mkOption {
    type = types.package;
    default = pkgs.nix-ai-models or (pkgs.callPackage ../fetcher/package.nix { });
    defaultText = literalExpression "pkgs.nix-ai-models or nix-ai-models.packages.\${system}.default";
    description = "The nix-ai-models package, which fetches, validates and links the models.";
  };

  models = mkOption {
    type = types.attrsOf model;
    default = { };
    example = literalExpression ''
      {
        llama = {
          source.huggingface = {
            repo = "unsloth/Llama-3.2-1B-Instruct";
            rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
          };
          hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
        };
      }
    '';
    description = "The models. `nix-prefetch-hf REPO --format module` prints an entry to paste.";
  };

  lockFile = optional types.path {
    example = literalExpression "./models.lock.json";
    description = ''
      A lock file, as `nix-prefetch-hf lock add REPO` writes it: every entry is a model. `models` can
      add to an entry.
    '';
  };

  integration.huggingface = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = ''
        Whether to link the models into a Hugging Face cache, where every library that reads one finds
        them by name.
      '';
    };
    cacheDir = mkOption (
      cacheDir
      // {
        type = types.str;
        # "/data/models/" is "/data/models".
        apply =
          path:
          if lib.hasPrefix "/" path then
            "/${
              builtins.concatStringsSep "/" (
                builtins.filter (name: builtins.isString name && name != "") (builtins.split "/" path)
              )
            }"
          else
            path;
        example = "/data/models";
        description = ''
          The cache, for `HF_HUB_CACHE`. If its name is not `hub`, the models are in its folder `hub`, so
          that it serves as `HF_HOME` too. Files of others in it are kept.
        '';
      }
    );
  };

  validation = mkOption {
    type = validation;
    default.preset = "standard";
    example = literalExpression "nix-ai-models.lib.validation.presets.strict";
    description = "How models without their own `validation` are validated.";
  };

  auth = {
    tokenFile = optional (types.either types.str types.path) tokenFile;
    endpoints = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "https://hub.example.org" ];
      description = ''
        Hubs besides huggingface.co that may get the token. A model's `endpoint`, or that of an entry of
        a lock file, is not enough: whoever writes those could take the token.
      '';
    };
    trustedPublicKeys = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "team-1:3p9ZzGqTc0bKzVBhUOQTKLtG5e8NqoCBxcLbb9aQ1rY=" ];
      description = ''
        Public keys, as `nix key convert-secret-to-public` prints them. An entry of a lock file that none
        of them signed (`nix-prefetch-hf lock sign`) is refused before anything is downloaded.
      '';
    };
  };

  fetch = mkOption {
    type = types.enum [
      "build"
      "activation"
    ];
    default = if authGiven then "activation" else "build";
    defaultText = literalExpression ''if auth is set then "activation" else "build"'';
    description = ''
      When models are fetched. `build`: as part of the configuration, so that they are there before the
      switch, and a rollback rolls them back. `activation`: after the switch, on the machine itself,
      which can read the token.
    '';
  };

  modelPaths = mkOption {
    type = types.attrsOf types.str;
    readOnly = true;
    default = computed.modelPaths;
    defaultText = literalExpression "{ <name> = \"/nix/store/…-<name>\"; }";
    description = "The store path of each model, for environment variables, command lines and bind mounts.";
  };

  environment = mkOption {
    type = types.attrsOf types.str;
    readOnly = true;
    default = computed.environment;
    defaultText = literalExpression ''
      {
        HF_HUB_CACHE = "…"; # the cache, if integration.huggingface.enable
        SENTENCE_TRANSFORMERS_HOME = "…"; # the same
        HF_HUB_OFFLINE = "1";
        TRANSFORMERS_OFFLINE = "1";
        HF_DATASETS_OFFLINE = "1";
        LLAMA_ARG_OFFLINE = "1";
      }
    '';
    description = ''
      Environment variables for a service that reads the models: it finds them, and does not use the
      network. `lib.mapAttrs (_: lib.mkForce)` makes them win over those that the service's own module
      sets (docs/services).
    '';
  };
}
