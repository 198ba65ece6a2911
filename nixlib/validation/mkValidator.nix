# A custom validator: a program in the store. It gets the model's path as its last argument and in
# $src, accepts with exit code 0, and refuses with any other and the reason on standard error.
#
#   mkValidator :
#     { name : String; command : String | [String]; description ? String;
#       onFailure ? "abort" | "warn" | "skip"; timeout ? Int; } -> Validator
#   where packages are at hand, also { name; script : String; buildInputs ? [Package]; … }
#
#   mkValidator { name = "no-french"; command = "${checks}/bin/no-french"; }
#   mkValidator { name = "has-card"; script = "grep -q model-index $src/README.md"; buildInputs = [ gnugrep ]; }
{
  pkgs ? null,
}:
let
  fail = import ../fail.nix;
  knownArguments = import ../knownArguments.nix;
  present = import ../present.nix;
  inherit (builtins)
    hasAttr
    isList
    isString
    toJSON
    ;
in
args:
let
  where = if isString (args.name or null) then "mkValidator ${toJSON args.name}" else "mkValidator";
  fail' = fail where;
  example = "command = \"\${checks}/bin/my-check\";";
  name = args.name or (fail' "`name` is missing" "name = \"my-check\";");

  script =
    if pkgs == null then
      fail' "`script` needs nixpkgs, which nixlib has through the flake or default.nix" example
    else
      [
        "${pkgs.writeShellScript name ''
          export PATH=${pkgs.lib.makeBinPath ((args.buildInputs or [ ]) ++ [ pkgs.coreutils ])}
          set -euo pipefail
          ${args.script}
        ''}"
      ];

  command =
    if hasAttr "script" args == hasAttr "command" args then
      fail' "exactly one of `command` and `script` is needed" example
    else if args ? script then
      script
    else if isList args.command then
      map toString args.command
    else
      [ "${args.command}" ];
in
if hasAttr name (import ./validators.nix) then
  fail' "`name` is taken by a built-in validator" "name = \"my-${name}\";"
else
  knownArguments
    {
      inherit where args;
      known = [
        "name"
        "command"
        "script"
        "buildInputs"
        "description"
        "onFailure"
        "timeout"
      ];
    }
    (
      {
        inherit name command;
      }
      // present {
        description = args.description or null;
        onFailure = args.onFailure or null;
        timeout = args.timeout or null;
      }
    )
