# A validator of one's own: a program from the store. It gets the model's path as its last argument and in $src, accepts with
# exit 0, and refuses with any other, saying why on standard error.
#
#   mkValidator :
#     { name : String; command : String | [String]; description ? String; onFailure ? "abort" | "warn" | "skip"; timeout ? Int; }
#     -> Validator
#   where packages are at hand, also { name; script : String; buildInputs ? [Package]; … }
#
#   mkValidator { name = "no-french"; command = "${checks}/bin/no-french"; }
#   mkValidator { name = "has-card"; script = ''grep -q model-index "$src/README.md"''; buildInputs = [ pkgs.gnugrep ]; }
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
  name = args.name or (fail' "`name` is missing. Add: name = \"my-check\";");

  script =
    if pkgs == null then
      fail' "`script` needs packages: use nixlib through the flake or default.nix, or give `command`, a program in the store."
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
      fail' "give either `command`, a program in the store, or `script`."
    else if args ? script then
      script
    else if isList args.command then
      map toString args.command
    else
      [ "${args.command}" ];
in
if hasAttr name (import ./validators.nix) then
  fail' "the name is that of a validator that is there already."
else
  knownArguments {
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
  } (
    {
      inherit name command;
    }
    // present {
      description = args.description or null;
      onFailure = args.onFailure or null;
      timeout = args.timeout or null;
    }
  )
