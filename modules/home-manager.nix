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
    mkMerge
    mkOption
    types
    ;
  option = "programs.ai-models";
  cfg = config.programs.ai-models;
  cache = cfg.integration.huggingface;
  inherit (pkgs.stdenv.hostPlatform) isDarwin;
  # The activation fetches on Linux; on macOS it leaves that to launchd.
  byAgent = isDarwin && cfg.fetch == "activation";
  stateDir = "${config.xdg.stateHome}/ai-models";

  computed = import ./models.nix {
    inherit lib pkgs cfg;
    manifest = {
      group = null;
      inherit stateDir;
      package = "${cfg.package}";
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
  arguments = [
    sync.builder
  ]
  ++ sync.args
  ++ [
    "--manifest"
    "${computed.manifest}"
  ];
  command = lib.escapeShellArgs arguments;
  logFolder = "${config.xdg.stateHome}/home-manager";
  # Every macOS account has the folder.
  agentLog = "${config.home.homeDirectory}/Library/Logs/ai-models.log";

  # After everything else, but for what asks to come after it: a download may take hours.
  last =
    let
      inherit (config.home) activation;
      follows =
        name:
        name == "aiModels" || builtins.any (each: activation ? ${each} && follows each) activation.${name}.after;
    in
    lib.hm.dag.entryAfter (builtins.filter (name: !follows name) (builtins.attrNames activation));

  # The default of the libraries.
  conventional = "${config.home.homeDirectory}/.cache/huggingface/hub";
  variables =
    lib.optionalAttrs (cache.enable && cache.cacheDir != conventional) {
      inherit (computed.environment) HF_HUB_CACHE;
    }
    // cfg.sessionVariables;

  enabled = {
    inherit (checked) warnings;
    assertions = checked.assertions ++ [
      {
        assertion =
          cfg.auth.tokenFile == null || builtins.match "(/|~/).*" (toString cfg.auth.tokenFile) != null;
        message = ''
          ${option}.auth.tokenFile = ${builtins.toJSON cfg.auth.tokenFile} must begin with / or ~/
          next: ${option}.auth.tokenFile = "~/.config/huggingface/token";'';
      }
      {
        assertion = !byAgent || cfg.auth.tokenEnvVar == null || cfg.auth.tokenFile != null;
        message = ''
          ${option}.auth.tokenEnvVar is not seen by launchd, which fetches the models on macOS
          next: ${option}.auth.tokenFile = "~/.config/huggingface/token";'';
      }
    ];

    home.sessionVariables = builtins.mapAttrs (_: mkDefault) variables;
    # The same values, even if the user set them.
    systemd.user.sessionVariables = mkIf pkgs.stdenv.hostPlatform.isLinux (
      builtins.mapAttrs (name: _: mkDefault config.home.sessionVariables.${name}) variables
    );

    home.extraDependencies = mkIf (cfg.fetch == "activation") [ computed.validatorPrograms ];

    home.activation.aiModels = mkIf (!byAgent) (last ''
      aiModels() {
        { date; ${command}; } 2>&1 | tee -a ${lib.escapeShellArg "${logFolder}/activation.log"}
      }
      if [[ -v DRY_RUN ]]; then
        ${command} --dry-run
      else
        run mkdir -p ${lib.escapeShellArg logFolder}
        aiModelsStatus=0
        run aiModels || aiModelsStatus=$?
        # The activation fails at its end, not here: Home Manager has yet to record the generation,
        # without which the next one does not remove the files of this one.
        if ((aiModelsStatus)); then
          errorEcho ${
            lib.escapeShellArg "ai-models: some models are missing, see ${logFolder}/activation.log"
          }
          eval "aiModelsTrap=($(trap -p EXIT))"
          trap "''${aiModelsTrap[2]-}"$'\n'"exit $aiModelsStatus" EXIT
        fi
      fi
    '');

    # A switch that changes the manifest starts it again, and does not wait for it; so does every
    # login.
    launchd = mkIf byAgent {
      agents.ai-models = {
        enable = true;
        config = {
          ProgramArguments = arguments;
          EnvironmentVariables.PATH = builtins.concatStringsSep ":" [
            "${config.home.profileDirectory}/bin"
            "/run/current-system/sw/bin" # nix-darwin
            "/nix/var/nix/profiles/default/bin"
            "/usr/bin"
            "/bin"
          ];
          RunAtLoad = true;
          # What can be retried is, every quarter of an hour: no network, a hub that is down.
          KeepAlive.SuccessfulExit = false;
          ThrottleInterval = 900;
          ProcessType = "Background";
          StandardOutPath = agentLog;
          StandardErrorPath = agentLog;
        };
      };
    };
  };

  # What an enabled configuration has left. The program is the one that it kept for this.
  removed.home.activation.aiModels = last ''
    if [[ -e ${lib.escapeShellArg "${stateDir}/package"} ]]; then
      run ${
        lib.escapeShellArgs [
          "${stateDir}/package/bin/nix-ai-models"
          "unsync"
          "--state-dir"
          stateDir
        ]
      } || errorEcho 'ai-models: some links are left, see above'
    fi
  '';
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
            If it is unset, `auth.tokenFile` is used. On macOS, where launchd fetches, set that too.
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

  config = mkMerge [
    (mkIf cfg.enable enabled)
    (mkIf (!cfg.enable) removed)
  ];
}
