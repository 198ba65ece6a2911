# ai-models: models in a shell of devenv (docs/shells.md).
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    literalExpression
    mkDefault
    mkIf
    mkOption
    types
    ;
  option = "ai-models";
  # A shell builds its models, links nothing and has no token.
  cfg = config.ai-models // {
    fetch = "build";
    integration.huggingface.enable = false;
    integration.huggingface.cacheDir = "/";
    auth = config.ai-models.auth // {
      tokenFile = null;
    };
  };

  shared = import ./options.nix {
    inherit lib pkgs computed;
    cacheDir = { };
    tokenFile = { };
    authGiven = false;
  };
  computed = import ./models.nix {
    inherit lib pkgs cfg;
    manifest = { };
  };
  checked = import ./assertions.nix {
    inherit lib cfg option;
    models = computed;
  };
  conflicts = import ../nixlib/variableConflicts.nix (name: "${option}.models.${name}") (
    builtins.attrNames computed.models
  );
in
{
  options.ai-models = {
    inherit (shared)
      package
      models
      lockFile
      validation
      modelPaths
      ;
    auth = { inherit (shared.auth) trustedPublicKeys; };
    environment = mkOption {
      type = types.attrsOf types.str;
      readOnly = true;
      default = if computed.models == { } then { } else computed.modelEnvironment computed.models;
      defaultText = literalExpression ''
        {
          AI_MODEL_LLAMA = "/nix/store/…-llama"; # a variable for each model
          HF_HUB_CACHE = "/nix/store/…-hf-cache"; # all of them, by name
          HF_HUB_OFFLINE = "1";
          # and so on
        }
      '';
      description = "The variables of the shell; `env` can override each of them.";
    };
  };

  config = {
    inherit (checked) warnings;
    assertions =
      checked.assertions
      ++ map (message: {
        assertion = false;
        inherit message;
      }) conflicts;
    packages = mkIf (computed.models != { }) [ config.ai-models.package ];
    env = mkIf (conflicts == [ ]) (builtins.mapAttrs (_: mkDefault) config.ai-models.environment);
  };
}
