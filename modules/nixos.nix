# services.ai-models: models as part of a NixOS configuration (docs/nixos-module.md).
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    literalExpression
    mkIf
    mkMerge
    mkOption
    types
    ;
  option = "services.ai-models";
  cacheOption = "${option}.integration.huggingface.cacheDir";
  cfg = config.services.ai-models;
  cache = cfg.integration.huggingface;
  activation = cfg.fetch == "activation";
  stateDir = "/var/lib/ai-models";

  computed = import ./models.nix {
    inherit lib pkgs cfg;
    manifest = {
      inherit (cfg) group;
      inherit stateDir;
      package = "${cfg.package}";
      nix = "${config.nix.package}/bin";
      auth = {
        inherit (cfg.auth) tokenFile endpoints trustedPublicKeys;
        tokenEnvVar = null;
      };
    };
  };
  checked = import ./assertions.nix {
    inherit lib cfg option;
    models = computed;
  };

  sync = import ../nixlib/builder.nix cfg.package "sync";
  command = [
    sync.builder
  ]
  ++ sync.args
  ++ [
    "--manifest"
    "${computed.manifest}"
  ];
  oneshot = {
    Type = "oneshot";
    RemainAfterExit = true;
  };

  enabled = {
    inherit (checked) warnings;
    assertions = checked.assertions ++ [
      {
        assertion = cfg.auth.tokenFile == null || lib.hasPrefix "/" (toString cfg.auth.tokenFile);
        message = ''
          ${option}.auth.tokenFile = ${builtins.toJSON cfg.auth.tokenFile} must be an absolute path
          next: ${option}.auth.tokenFile = "/run/secrets/hf-token";'';
      }
      {
        assertion = builtins.match "[A-Za-z0-9/._+@=-]+" cache.cacheDir != null;
        message = ''
          ${cacheOption} = ${builtins.toJSON cache.cacheDir} has characters that a systemd unit cannot have
          next: ${cacheOption} = "/data/models";'';
      }
    ];

    environment.systemPackages = [ cfg.package ];
    users.groups.${cfg.group} = { };

    # The colons: an existing folder keeps its owner and mode.
    systemd.tmpfiles.settings."10-ai-models" = mkIf cache.enable {
      ${cache.cacheDir}.d = {
        mode = ":0750";
        user = ":root";
        group = ":${cfg.group}";
      };
    };

    system.extraDependencies = mkIf activation [ computed.validatorPrograms ];

    systemd.services.ai-models = mkMerge [
      {
        description = "AI models: fetch, link, prune";
        wantedBy = [ "multi-user.target" ];
        after = [ "nix-daemon.socket" ];
        wants = [ "nix-daemon.socket" ];
        unitConfig.RequiresMountsFor = [ stateDir ] ++ lib.optional cache.enable cache.cacheDir;

        environment = {
          # Otherwise root writes to the store's database itself, and the store cannot be read-only.
          NIX_REMOTE = "daemon";
          HOME = stateDir;
        };

        serviceConfig = oneshot // {
          ExecStart = lib.escapeShellArgs command;
          # Outside the sandbox, where only the present cache can be written.
          ExecStartPre = "+${lib.escapeShellArgs (command ++ [ "--former-caches" ])}";
          SyslogIdentifier = "ai-models";
          StateDirectory = "ai-models";
          StateDirectoryMode = "0700";
          ReadWritePaths = lib.optional cache.enable cache.cacheDir;
          UMask = "0027";

          TimeoutStartSec = "infinity";
          Restart = "on-failure";
          RestartSec = 10;
          RestartSteps = 8;
          RestartMaxDelaySec = "15min";
          # Cases where a retry does not help: usage, not found, integrity, validation
          # (docs/commands.md).
          RestartPreventExitStatus = [
            2
            3
            6
            8
          ];

          # It gives folders to the group (setgid, so that what members add is the group's too), even
          # in a cache of another owner.
          CapabilityBoundingSet = [
            "CAP_CHOWN"
            "CAP_DAC_OVERRIDE"
            "CAP_FOWNER"
            "CAP_FSETID"
          ];
          DevicePolicy = "closed";
          LockPersonality = true;
          MemoryDenyWriteExecute = true;
          NoNewPrivileges = true;
          PrivateDevices = true;
          PrivateTmp = true;
          ProtectClock = true;
          ProtectControlGroups = true;
          ProtectHome = builtins.match "/(home|root|run/user)(/.*)?" cache.cacheDir == null;
          ProtectHostname = true;
          ProtectKernelLogs = true;
          ProtectKernelModules = true;
          ProtectKernelTunables = true;
          ProtectProc = "invisible";
          ProtectSystem = "strict";
          RemoveIPC = true;
          RestrictNamespaces = true;
          RestrictRealtime = true;
          SystemCallArchitectures = "native";
          SystemCallFilter = [
            "@system-service"
            "~@privileged"
            "@chown"
          ];
        };
      }

      (mkIf (!activation) {
        # Restarted before the services that a switch restarts, which then find their new models.
        stopIfChanged = false;
        serviceConfig = {
          PrivateNetwork = true;
          RestrictAddressFamilies = [ "AF_UNIX" ];
        };
      })

      (mkIf activation {
        wants = [ "network-online.target" ];
        # A target waits for the units that it wants if they have default dependencies. Without them
        # neither the boot nor a switch waits for a download of hours. The others are restored here.
        unitConfig.DefaultDependencies = false;
        requires = [ "sysinit.target" ];
        after = [
          "sysinit.target"
          "basic.target"
          "network-online.target"
        ];
        conflicts = [ "shutdown.target" ];
        before = [ "shutdown.target" ];
        # A switch would wait for the restart: ai-models-changed.service restarts it.
        restartIfChanged = false;

        environment = config.networking.proxy.envVars // {
          NIX_SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt";
        };
        serviceConfig = {
          LoadCredential = mkIf (cfg.auth.tokenFile != null) [
            "hf-token:${builtins.replaceStrings [ "%" ] [ "%%" ] (toString cfg.auth.tokenFile)}"
          ];
          RestrictAddressFamilies = [
            "AF_INET"
            "AF_INET6"
            "AF_UNIX"
          ];
        };
      })
    ];

    # A switch that changes this unit reloads it, one that adds it starts it; both return at once. At
    # boot ai-models.service is still waiting, and the restart becomes its start.
    systemd.services.ai-models-changed = mkIf activation {
      description = "Restart ai-models.service, without waiting for it, when the models have changed";
      wantedBy = [ "multi-user.target" ];
      before = [ "ai-models.service" ];
      reloadIfChanged = true;
      reloadTriggers = [ config.systemd.services.ai-models.serviceConfig.ExecStart ];
      serviceConfig = oneshot // rec {
        ExecStart = "${config.systemd.package}/bin/systemctl restart --no-block ai-models.service";
        ExecReload = ExecStart;
      };
    };
  };
  # What an enabled configuration has left. The program is the one that it kept for this.
  removed = {
    systemd.services.ai-models-removed = {
      description = "AI models: remove the links of a configuration that had them enabled";
      wantedBy = [ "multi-user.target" ];
      unitConfig.ConditionPathExists = "${stateDir}/package";
      serviceConfig = {
        Type = "oneshot";
        ExecStart = "${stateDir}/package/bin/nix-ai-models unsync --state-dir ${stateDir}";
        NoNewPrivileges = true;
        PrivateNetwork = true;
        PrivateTmp = true;
      };
    };
  };
in
{
  options.services.ai-models =
    import ./options.nix {
      inherit lib pkgs computed;
      cacheDir.default = "/var/cache/huggingface/hub";
      tokenFile = {
        example = literalExpression "config.sops.secrets.hf-token.path";
        description = ''
          A file outside the store with a token of the Hub, for gated and private models. systemd
          passes it to the service (`LoadCredential`), so only root need be able to read it.
        '';
      };
      authGiven = cfg.auth.tokenFile != null;
    }
    // {
      group = mkOption {
        type = types.str;
        default = "ai-models";
        description = "The group that may read the cache. It is created.";
      };
    };

  config = mkMerge [
    (mkIf cfg.enable enabled)
    (mkIf (!cfg.enable) removed)
  ];
}
