# What a model's `validation` means: the validators in full, as the executable reads them.
#
#   plan : String -> AttrSet -> { enable : Bool; validators : [Validator]; onFailure : String; timeout : Int; }
#
#   plan where presets.strict                                                 a preset, or one changed with //
#   plan where { preset = "minimal"; validators = [ (maxSize "50G") ]; }      a preset by name, and what differs:
#     validators (added; one of the same name is replaced), disable (names), onFailure, timeout, skipDefaults (own validators only)
#   plan where { }                                                            presets.standard
where: validation:
let
  fail = import ../fail.nix where;
  knownArguments = import ../knownArguments.nix;
  nearest = import ../nearest.nix;
  presets = import ./presets.nix;
  builtIn = import ./validators.nix;
  inherit (builtins)
    all
    attrNames
    concatStringsSep
    elem
    filter
    foldl'
    isAttrs
    isBool
    isInt
    isList
    isString
    toJSON
    ;

  whole = all (name: validation ? ${name}) [
    "enable"
    "validators"
    "onFailure"
    "timeout"
  ];
  preset =
    let
      name = validation.preset or "standard";
      meant = nearest (attrNames presets) name;
    in
    presets.${name} or (fail "`validation.preset = ${toJSON name}` does not exist${
      if meant == null then "." else "; did you mean \"${meant}\"?"
    } There are: ${concatStringsSep ", " (attrNames presets)}.");
  base = if whole && !(validation ? preset) then validation // { validators = [ ]; } else preset;

  added = validation.validators or [ ];
  defaults = if validation.skipDefaults or false then [ ] else base.validators;
  merged = foldl' (
    kept: validator:
    if elem validator.name (map (other: other.name) kept) then
      map (other: if other.name == validator.name then validator else other) kept
    else
      kept ++ [ validator ]
  ) [ ] (map checkValidator (defaults ++ added));

  disable = validation.disable or [ ];
  unknownDisabled = filter (name: !elem name (map (validator: validator.name) merged)) disable;

  checkOnFailure =
    prefix: value:
    if elem value [
      "abort"
      "warn"
      "skip"
    ] then
      value
    else
      fail "`${prefix}onFailure = ${toJSON value}` must be \"abort\", \"warn\" or \"skip\".";
  checkRefuse =
    prefix: value:
    if elem value [
      "report"
      "suspicious"
      "dangerous"
    ] then
      value
    else
      fail "`${prefix}refuse = ${toJSON value}` must be \"report\", \"suspicious\" or \"dangerous\".";
  checkTimeout =
    prefix: value: if isInt value && value > 0 then value else fail "`${prefix}timeout` must be a number of seconds: ${prefix}timeout = 900;";

  checkValidator =
    validator:
    if !isAttrs validator || !isString (validator.name or null) then
      fail "`validation.validators` must be a list of validators, such as validators.pickleScan or (validators.maxSize \"20G\")."
    else if !(builtIn ? ${validator.name}) && !(validator ? command) then
      fail "there is no validator ${toJSON validator.name}. There are: ${concatStringsSep ", " (attrNames builtIn)}, and what mkValidator makes."
    else if validator.name == "signature" && (validator.trustedPublicKeys or [ ]) == [ ] then
      validator // { trustedPublicKeys = noKeys; }
    else
      let
        prefix = "validators.${validator.name}.";
      in
      validator
      // (if validator ? onFailure then { onFailure = checkOnFailure prefix validator.onFailure; } else { })
      // (if validator ? refuse then { refuse = checkRefuse prefix validator.refuse; } else { })
      // (if validator ? timeout then { timeout = checkTimeout prefix validator.timeout; } else { });

  # Lazy: a later signature with keys takes its place before anybody looks.
  noKeys = fail ''
    the validator `signature` (preset "paranoid") has no trusted public key. Make a key, sign the model, and name the public key:
      nix key generate-secret --key-name me-1 > me-1.secret
      nix-ai-models sign MODEL --key-file me-1.secret      # prints the public key
      validation = { preset = "paranoid"; validators = [ (validators.signature { trustedPublicKeys = [ "me-1:…" ]; }) ]; };'';

  result = {
    enable = validation.enable or base.enable;
    validators = filter (validator: !elem validator.name disable) merged;
    onFailure = checkOnFailure "validation." (validation.onFailure or base.onFailure);
    timeout = checkTimeout "validation." (validation.timeout or base.timeout);
  };
in
if !isAttrs validation then
  fail "`validation` must be a preset (validation.presets.strict) or a set: validation.preset = \"strict\";"
else if !isList added || !isList disable then
  fail "`validation.validators` and `validation.disable` must be lists."
else if unknownDisabled != [ ] then
  fail "`validation.disable` has ${toJSON (builtins.head unknownDisabled)}, which would not run. There are: ${concatStringsSep ", " (map (validator: validator.name) merged)}."
else if !isBool result.enable then
  fail "`validation.enable` must be true or false."
else
  knownArguments {
    inherit where;
    prefix = "validation.";
    known = [
      "preset"
      "enable"
      "validators"
      "disable"
      "onFailure"
      "timeout"
      "skipDefaults"
    ];
    args = validation;
  } result
