# A generation of the machine: the units, rules and groups of a NixOS configuration, laid out as NixOS
# does (nixos/lib/systemd-lib.nix) below $out/etc.
#
#   nix-build tests/system/generation.nix --arg modules '[ { services.ai-models.enable = true; } ]'
{ modules }:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    isBool
    isList
    replaceStrings
    toJSON
    ;
  pkgs = import ./pkgs.nix;
  inherit (pkgs) lib;
  inherit (import ../nix/module-system/nixos.nix { inherit modules lib pkgs; }) config;
  failed = filter (each: !each.assertion) config.assertions;

  word = value: if isBool value then (if value then "true" else "false") else toString value;
  lines =
    settings:
    concatStringsSep "" (
      concatMap (
        name:
        map (value: "${name}=${word value}\n") (
          if isList settings.${name} then settings.${name} else [ settings.${name} ]
        )
      ) (attrNames settings)
    );
  # A list of units is one line, and none where it is empty.
  joined = lib.filterAttrs (_: value: value != "");

  unit =
    service:
    concatStringsSep "" [
      "[Unit]\n"
      (lines (joined {
        Description = service.description;
        After = toString service.after;
        Before = toString service.before;
        Wants = toString service.wants;
        Requires = toString service.requires;
        Conflicts = toString service.conflicts;
        X-Reload-Triggers = toString service.reloadTriggers;
      }))
      (lines service.unitConfig)
      "[Service]\n"
      (concatStringsSep "" (
        map (
          name: "Environment=${replaceStrings [ "%" ] [ "%%" ] (toJSON "${name}=${service.environment.${name}}")}\n"
        ) (attrNames service.environment)
      ))
      (lines (
        lib.optionalAttrs service.reloadIfChanged { X-ReloadIfChanged = true; }
        // lib.optionalAttrs (!service.restartIfChanged) { X-RestartIfChanged = false; }
        // lib.optionalAttrs (!service.stopIfChanged) { X-StopIfChanged = false; }
      ))
      (lines service.serviceConfig)
    ];
  rules = concatMap (
    path:
    map (
      type:
      let
        rule = config.systemd.tmpfiles.settings."10-ai-models".${path}.${type};
      in
      "${type} ${path} ${rule.mode} ${rule.user} ${rule.group} - -\n"
    ) (attrNames config.systemd.tmpfiles.settings."10-ai-models".${path})
  ) (attrNames (config.systemd.tmpfiles.settings."10-ai-models" or { }));

  groups = map (name: "${name}\n") (attrNames config.users.groups);
  system = "$out/etc/systemd/system";
  write = text: file: "printf %s ${lib.escapeShellArg text} >${file}";
  install =
    name:
    let
      service = config.systemd.services.${name};
      want = folder: "/bin/mkdir -p ${folder}; /bin/ln -s ../${name}.service ${folder}/";
    in
    [ (write (unit service) "${system}/${name}.service") ]
    ++ map (target: want "${system}/${target}.wants") service.wantedBy;
in
if failed != [ ] then
  throw (concatStringsSep "\n" (map (each: each.message) failed))
else
  derivation {
    name = "nixos-system";
    system = builtins.currentSystem;
    builder = "/bin/sh";
    needed = config.system.extraDependencies;
    args = [
      "-euc"
      (concatStringsSep "\n" (
        [
          "/bin/mkdir -p ${system}"
          (write (concatStringsSep "" rules) "$out/etc/tmpfiles")
          (write (concatStringsSep "" groups) "$out/etc/groups")
        ]
        ++ concatMap install (attrNames config.systemd.services)
      ))
    ];
  }
