# The options that the NixOS and the Home Manager module share.
#
#   cacheDir    what the default is: { default; defaultText ?; }
#   tokenFile   what differs in the option: { example; description; }
#   authGiven   whether a token is named anywhere
#   computed    { modelPaths, environment }: models.nix
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

  # What nixlib/validation/plan.nix takes: a preset by name, a preset's attribute set, and changes to either.
  validation = types.submodule {
    options = {
      preset = optional (types.enum (builtins.attrNames (import ../nixlib/validation/presets.nix))) {
        example = "strict";
        description = "The validators by the name of their set.";
      };
      enable = optional types.bool {
        description = "Whether to validate at all. Without, the report has no hashes, so clients that are online download what they could reuse.";
      };
      validators = optional (types.listOf (types.attrsOf types.anything)) {
        example = literalExpression "[ (nix-ai-models.lib.validation.validators.maxSize \"50G\") ]";
        description = "Validators besides the preset's; one of the same name takes its place.";
      };
      disable = optional (types.listOf types.str) {
        example = [ "license" ];
        description = "Names of validators that do not run.";
      };
      onFailure = optional (types.enum [
        "abort"
        "warn"
        "skip"
      ]) { description = "`abort`: the model is not built. `warn`: the log says it. `skip`: the report alone says it."; };
      timeout = optional types.ints.positive { description = "Seconds that a validator may take."; };
      skipDefaults = optional types.bool { description = "Whether to run the validators that are listed and none of the preset's."; };
    };
  };

  huggingface = types.submodule {
    options = {
      repo = mkOption {
        type = types.str;
        example = "meta-llama/Llama-2-7b-hf";
        description = "The repository, as the Hub's page shows it.";
      };
      rev = optional types.str {
        example = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
        description = "The commit, all 40 digits. A branch or a tag works until it moves; without, it is `main`. `nix-prefetch-hf REPO` prints the commit.";
      };
      revision = optional types.str { description = "Another word for `rev`."; };
      ref = optional types.str {
        example = "v1.0";
        description = "The branch or tag that the commit was taken from: programs that ask for it by name get this model. Without, it is `main`.";
      };
      repoType = mkOption {
        type = types.enum [
          "model"
          "dataset"
          "space"
        ];
        default = "model";
        description = "What kind of repository it is.";
      };
      files = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [
          "config.json"
          "tokenizer.json"
          "*.safetensors"
        ];
        description = "Paths or globs of the files to take; each must be there. Without, and without `include`, all are taken.";
      };
      include = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "*.json" ];
        description = "Globs of the files to take, as `hf download --include` has them.";
      };
      exclude = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "*.bin" ];
        description = "Globs of the files to leave out.";
      };
      endpoint = optional types.str {
        example = "https://hub.example.org";
        description = "The Hub's address, where it is not huggingface.co.";
      };
    };
  };

  model = types.submodule {
    options = {
      source = mkOption {
        # Free, so that the word for another source gets an answer (assertions.nix) in place of an internal one.
        type = types.submodule {
          freeformType = types.attrsOf types.anything;
          options.huggingface = optional huggingface { description = "A repository of the Hugging Face Hub."; };
        };
        default = { };
        description = "Where the model comes from. A model of a lock file does not say it.";
      };
      hash = optional types.str {
        example = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        description = "The sha256 of the files, as `nix-prefetch-hf REPO` prints it. With `\"\"` the build fails and says it.";
      };
      lockFile = optional types.path {
        example = literalExpression "./models.lock.json";
        description = "In place of `source` and `hash`: a lock file that has an entry of the model's name, as `nix-prefetch-hf REPO --lock FILE` writes it without downloading a weight. Without all three, it is the entry in the module's `lockFile`.";
      };
      validation = mkOption {
        type = validation;
        default = { };
        example = literalExpression "nix-ai-models.lib.validation.presets.strict";
        description = "How the model is validated. A preset takes the place of the module's `validation`; anything else is added to it.";
      };
      network = {
        connections = optional types.ints.positive { description = "Connections at once."; };
        bandwidthLimit = optional types.str {
          example = "50M";
          description = "Bytes a second.";
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
    defaultText = literalExpression "pkgs.nix-ai-models or (pkgs.callPackage ../fetcher/package.nix { })";
    description = "The package of nix-ai-models: what fetches, validates and links.";
  };

  models = mkOption {
    type = types.attrsOf model;
    default = { };
    example = literalExpression ''
      {
        bert-tiny = {
          source.huggingface = {
            repo = "prajjwal1/bert-tiny";
            rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
          };
          hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        };
      }
    '';
    description = "The models. `nix-prefetch-hf REPO` prints an entry to paste.";
  };

  lockFile = optional types.path {
    example = literalExpression "./models.lock.json";
    description = "A lock file, as `nix-prefetch-hf REPO --lock FILE` writes it: every entry is a model. What `models` says of one is added to it.";
  };

  integration.huggingface = {
    enable = mkOption {
      type = types.bool;
      default = true;
      description = "Whether to link the models into a Hugging Face cache, where every library that reads one finds them by name.";
    };
    cacheDir = mkOption (cacheDir // {
      type = types.str;
      example = "/data/models";
      description = ''
        The cache: what `HF_HUB_CACHE` is set to. Where its name is not `hub`, the models are in its folder `hub`, so that it
        serves as `HF_HOME` too. What others put there stays.
      '';
    });
  };

  validation = mkOption {
    type = validation;
    default.preset = "standard";
    example = literalExpression "nix-ai-models.lib.validation.presets.strict";
    description = "How models are validated that do not say it themselves.";
  };

  auth = {
    tokenFile = optional (types.either types.str types.path) tokenFile;
    trustedPublicKeys = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "team-1:3p9ZzGqTc0bKzVBhUOQTKLtG5e8NqoCBxcLbb9aQ1rY=" ];
      description = "Keys as `nix key convert-secret-to-public` prints them. A lock file's entry that none of them signed (`nix-ai-models lock-sign`) is refused before anything is downloaded.";
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
      When models are fetched. `build`: with the configuration, which they are part of: they are there before it is switched to,
      and a rollback rolls them back. `activation`: afterwards, on the machine itself, which alone can read the token.
    '';
  };

  modelPaths = mkOption {
    type = types.attrsOf types.str;
    readOnly = true;
    default = computed.modelPaths;
    defaultText = literalExpression "{ <name> = \"/nix/store/…-<name>\"; }";
    description = "The path of each model in the store, for environment variables, command lines and bind mounts.";
  };

  environment = mkOption {
    type = types.attrsOf types.str;
    readOnly = true;
    default = computed.environment;
    defaultText = literalExpression ''
      {
        HF_HUB_CACHE = "…"; # the cache, if integration.huggingface.enable
        HF_HUB_OFFLINE = "1";
        TRANSFORMERS_OFFLINE = "1";
        HF_DATASETS_OFFLINE = "1";
        LLAMA_ARG_OFFLINE = "1";
      }
    '';
    description = "Environment variables for a service that reads the models, so that it finds them and asks no network.";
  };
}
