# What a selection of files leaves for validators that read certain files: known at evaluation, so
# that no download ends in a refusal that was certain before it began.
#
#   selected :
#     { where : String; selection : { files, include, exclude, quant, mmproj, … };
#       select : String -> String; } -> Plan -> { plan : Plan; unchecked : [String]; }
#
#   `license [ ]`, which asks for no licence in particular, does not run where no file could state one;
#   `unchecked` says so. Other validators fail the evaluation.
let
  fail = import ../fail.nix;
  inherit (builtins)
    any
    elem
    filter
    head
    match
    replaceStrings
    split
    isString
    concatStringsSep
    toJSON
    ;

  # fnmatch as a regular expression. A set of characters is taken for any character: a selection that
  # may have the file is never refused.
  special = [
    "\\"
    "."
    "+"
    "("
    ")"
    "{"
    "}"
    "|"
    "^"
    "$"
  ];
  toRegex =
    pattern:
    replaceStrings [ "*" "?" ] [ ".*" "." ] (
      replaceStrings special (map (character: "[${character}]") special) (
        concatStringsSep "?" (filter isString (split "\\[[^]]*]" pattern))
      )
    );
in
{
  where,
  selection,
  select,
}:
plan:
let
  fail' = fail where;
  # `dir/` is `dir/*`.
  matches =
    path: pattern:
    match (
      toRegex (if match ".*/" pattern != null then pattern + "*" else pattern)
    ) path != null;
  isSet = pattern: match ".*[[].*" pattern != null;
  # A word of a GGUF file's name.
  words = filter (word: word != null) [
    selection.quant
    selection.mmproj
  ];
  chosen = selection.files ++ selection.include ++ map (word: "*${word}*.gguf") words;
  has =
    path:
    (chosen == [ ] || any (matches path) chosen)
    && !any (pattern: !isSet pattern && matches path pattern) selection.exclude;
  hasGguf = chosen == [ ] || any (pattern: match ".*(gguf|GGUF|[*?[]|/)" pattern != null) chosen;
  # Of whatever name the text of a licence has.
  isLicence = pattern: match "([Ll][Ii][Cc][Ee][Nn]|[Cc][Oo][Pp][Yy]).*" pattern != null;

  configurations = [
    "config.json"
    "model_index.json"
    "adapter_config.json"
    "params.json"
    "open_clip_config.json"
  ];
  # A configuration may be in a folder, which only a pattern or a path with a slash selects.
  hasConfiguration =
    hasGguf
    || any has configurations
    || any (pattern: match ".*([*?[/]).*" pattern != null) chosen;
  hasLicence =
    any has [
      "LICENSE"
      "LICENSE.md"
      "LICENSE.txt"
      "license.txt"
    ]
    || any isLicence chosen;

  isLiteral = path: match "[^*?[]*[^*?[/]" path != null;
  missing =
    validator:
    if validator.name == "license" then
      if has "README.md" || validator.licenses == [ ] && hasLicence then [ ] else [ "README.md" ]
    else if validator.name == "validConfigJson" then
      if hasConfiguration then [ ] else [ "config.json" ]
    else if validator.name == "requiredFiles" then
      filter (path: isLiteral path && !has path) validator.files
    else
      [ ];

  mayBeLeftOut = validator: validator.name == "license" && validator.licenses == [ ];
  lacking = filter (validator: missing validator != [ ]) plan.validators;
  unmet = filter (
    validator: !mayBeLeftOut validator && (validator.onFailure or plan.onFailure) == "abort"
  ) lacking;
  leftOut = map (validator: validator.name) (filter mayBeLeftOut lacking);
in
if plan.enable && unmet != [ ] then
  let
    validator = head unmet;
    file = head (missing validator);
  in
  fail'
    "the validator `${validator.name}` reads ${file}, which the selection leaves out"
    ''
      select it (the hash changes with it), or leave the validator out:
        ${select file}
        validation.disable = [ ${toJSON validator.name} ];''
else
  {
    plan = plan // {
      validators = filter (validator: !elem validator.name leftOut) plan.validators;
    };
    unchecked = map (
      name:
      "the validator `${name}` does not run: the selection leaves out README.md, which states the licence"
    ) (if plan.enable then leftOut else [ ]);
  }
