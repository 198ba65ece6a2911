# The part of a configuration that must be equal in all module systems: the stand-in, NixOS' own and
# Home Manager's own.
#
#   nixos, homeManager : { config; assertions; warnings; } -> AttrSet
let
  inherit (builtins)
    filter
    hashFile
    intersectAttrs
    mapAttrs
    sort
    ;
  names =
    list:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = null;
      }) list
    );
  # Failed assertions are the whole answer.
  unlessFailed =
    assertions: answers:
    let
      failed = map (each: each.message) (filter (each: !each.assertion) assertions);
    in
    if failed == [ ] then answers else { inherit failed; };
  common = cfg: {
    inherit (cfg)
      enable
      fetch
      modelPaths
      environment
      models
      validation
      auth
      integration
      ;
  };

  unit = service: {
    inherit (service)
      description
      restartIfChanged
      stopIfChanged
      reloadIfChanged
      serviceConfig
      ;
    # Order does not matter.
    dependencies = mapAttrs (_: sort (a: b: a < b)) {
      inherit (service)
        wantedBy
        after
        before
        wants
        requires
        conflicts
        ;
    };
    unitConfig = intersectAttrs (names [
      "ConditionPathExists"
      "DefaultDependencies"
      "RequiresMountsFor"
    ]) service.unitConfig;
    # NixOS adds PATH, TZDIR and LOCALE_ARCHIVE.
    environment = removeAttrs service.environment [
      "PATH"
      "TZDIR"
      "LOCALE_ARCHIVE"
    ];
  };

  homeManager =
    {
      config,
      assertions,
      warnings,
      ...
    }:
    unlessFailed assertions {
      inherit warnings;
      programs.ai-models = common config.programs.ai-models // {
        inherit (config.programs.ai-models) sessionVariables;
      };
      sessionVariables = intersectAttrs (names [
        "HF_HUB_CACHE"
        "HF_HUB_OFFLINE"
        "HF_HOME"
      ]) config.home.sessionVariables;
      userSessionVariables = config.systemd.user.sessionVariables;
      # Its place depends on the other entries, of which the stand-in has none.
      activation = config.home.activation.aiModels.data or null;
    };
in
{
  inherit homeManager;

  # A home on a Mac: its launchd agents, too, by the keys that we set.
  darwin =
    { config, ... }@evaluated:
    homeManager evaluated
    // {
      agents = mapAttrs (_: agent: {
        inherit (agent) enable;
        config = {
          inherit (agent.config)
            EnvironmentVariables
            ProcessType
            ProgramArguments
            RunAtLoad
            StandardErrorPath
            StandardOutPath
            ThrottleInterval
            ;
          KeepAlive = { inherit (agent.config.KeepAlive) SuccessfulExit; };
        };
      }) config.launchd.agents;
    };

  nixos =
    {
      config,
      assertions,
      warnings,
      ...
    }:
    unlessFailed assertions {
      inherit warnings;
      services.ai-models = common config.services.ai-models // {
        inherit (config.services.ai-models) group;
      };
      groups = intersectAttrs (names [
        "ai-models"
        "models"
      ]) (mapAttrs (_: _: { }) config.users.groups);
      tmpfiles = mapAttrs (
        _:
        mapAttrs (
          _:
          intersectAttrs (names [
            "mode"
            "user"
            "group"
          ])
        )
      ) (config.systemd.tmpfiles.settings."10-ai-models" or { });
      units = mapAttrs (_: unit) (
        intersectAttrs (names [
          "ai-models"
          "ai-models-changed"
        "ai-models-removed"
        ]) config.systemd.services
      );
      users = mapAttrs (_: service: { inherit (service) wantedBy after environment; }) (
        mapAttrs
          (
            _: service:
            service
            // {
              environment = removeAttrs service.environment [
                "PATH"
                "TZDIR"
                "LOCALE_ARCHIVE"
              ];
            }
          )
          (
            intersectAttrs (names [
              "inference"
              "my-inference"
              "embedding"
              "answer"
              "voice"
            ]) config.systemd.services
          )
      );
    };

  # The services of docs/services/ on a machine with our module: what NixOS' own modules of them make
  # of an example.
  services =
    file:
    { config, ... }:
    {
      # Whether the answer is that of the present file.
      example = hashFile "sha256" file;
      containers = mapAttrs (_: container: { inherit (container) cmd environment image volumes; }) (
        config.virtualisation.oci-containers.containers
      );
      units =
        mapAttrs
          (_: service: {
            inherit (service) after;
            environment = removeAttrs service.environment [
              "PATH"
              "TZDIR"
              "LOCALE_ARCHIVE"
            ];
            command = service.serviceConfig.ExecStart;
            groups = service.serviceConfig.SupplementaryGroups or [ ];
          })
          (
            intersectAttrs (names [
              "comfyui"
              "immich-machine-learning"
              "llama-cpp"
              "llama-swap"
              "ollama"
              "open-webui"
              "tabby"
              "vllm"
              "wyoming-faster-whisper-main"
              "wyoming-piper-main"
            ]) config.systemd.services
          );
    };
}
