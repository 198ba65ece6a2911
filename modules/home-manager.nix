# programs.ai-models: models as part of a Home Manager configuration
# (docs/home-manager-module.md).
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
  option = "programs.ai-models";
  cfg = config.programs.ai-models;
  cache = cfg.integration.huggingface;

  computed = import ./models.nix {
    inherit lib pkgs cfg;
    manifest = {
      group = null;
      stateDir = "${config.xdg.stateHome}/ai-models";
      # Otherwise the user's Nix is on the PATH of the activation.
      nix = if config.nix.enable && config.nix.package != null then "${config.nix.package}/bin" else null;
      auth = {
        inherit (cfg.auth)
          tokenFile
          tokenEnvVar
          endpoints
          trustedPublicKeys
          ;
      };
    };
  };
  checked = import ./assertions.nix {
    inherit lib cfg option;
    models = computed;
  };

  sync = import ../nixlib/builder.nix cfg.package "sync";
  command = lib.escapeShellArgs (
    [ sync.builder ]
    ++ sync.args
    ++ [
      "--manifest"
      "${computed.manifest}"
    ]
  );
  logFolder = "${config.xdg.stateHome}/home-manager";

  # The default of the libraries.
  conventional = "${config.home.homeDirectory}/.cache/huggingface/hub";
  variables =
    lib.optionalAttrs (cache.enable && cache.cacheDir != conventional) {
      inherit (computed.environment) HF_HUB_CACHE;
    }
    // cfg.sessionVariables;
in
{
  options.programs.ai-models =
    let
      shared = import ./options.nix {
        inherit lib pkgs computed;
        cacheDir = {
          default = "${config.xdg.cacheHome}/huggingface/hub";
          defaultText = literalExpression ''"''${config.xdg.cacheHome}/huggingface/hub"'';
        };
        tokenFile = {
          example = "~/.config/huggingface/token";
          description = ''
            A file outside the store with a token of the Hub, for gated and private models. `~` is your
            home directory.
          '';
        };
        authGiven = cfg.auth.tokenFile != null || cfg.auth.tokenEnvVar != null;
      };
    in
    shared
    // {
      auth = shared.auth // {
        tokenEnvVar = mkOption {
          type = types.nullOr (types.strMatching "([A-Za-z0-9]+_)*TOKEN(_[A-Za-z0-9]+)*");
          default = null;
          example = "HF_TOKEN";
          description = ''
            The name of an environment variable with a token of the Hub when `home-manager switch` runs.
            If it is unset, `auth.tokenFile` is used.
          '';
        };
      };
      sessionVariables = mkOption {
        type = types.attrsOf types.str;
        default = { };
        example = {
          HF_HUB_OFFLINE = "1";
        };
        description = ''
          Environment variables of your sessions, and on Linux of your systemd user services.
          `home.sessionVariables` takes precedence. If `cacheDir` is not the default of the libraries,
          `HF_HUB_CACHE` is set too.
        '';
      };
    };

  config = mkIf cfg.enable {
    inherit (checked) warnings;
    assertions = checked.assertions ++ [
      {
        assertion =
          cfg.auth.tokenFile == null || builtins.match "(/|~/).*" (toString cfg.auth.tokenFile) != null;
        message = ''
          ${option}.auth.tokenFile = ${builtins.toJSON cfg.auth.tokenFile} must begin with / or ~/
          next: ${option}.auth.tokenFile = "~/.config/huggingface/token";'';
      }
    ];

    home.sessionVariables = builtins.mapAttrs (_: mkDefault) variables;
    # The same values, even if the user set them.
    systemd.user.sessionVariables = mkIf pkgs.stdenv.hostPlatform.isLinux (
      builtins.mapAttrs (name: _: mkDefault config.home.sessionVariables.${name}) variables
    );

    home.extraDependencies = mkIf (cfg.fetch == "activation") [ computed.validatorPrograms ];

    # After everything else, so that a model that cannot be fetched does not stop the activation.
    home.activation.aiModels =
      lib.hm.dag.entryAfter
        [
          "writeBoundary"
          "linkGeneration"
          "installPackages"
          "onFilesChange"
          "reloadSystemd"
          "setupLaunchAgents"
        ]
        ''
          aiModels() {
            { date; ${command}; } 2>&1 | tee -a ${lib.escapeShellArg "${logFolder}/activation.log"}
          }
          if [[ -v DRY_RUN ]]; then
            ${command} --dry-run
          else
            run mkdir -p ${lib.escapeShellArg logFolder}
            run aiModels
          fi
        '';
  };
}
