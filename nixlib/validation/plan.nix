# The validators of a model's `validation` in full, as the executable reads them.
#
#   plan : String -> AttrSet
#     -> { enable : Bool; validators : [Validator]; onFailure : String; timeout : Int; }
#
#   plan where presets.strict                                a preset, or one changed with //
#   plan where { preset = "minimal"; validators = [ (maxSize "50G") ]; }
#     a preset by name, and changes: validators (added; one of the same name is replaced), disable
#     (names), onFailure, timeout, skipDefaults (only the validators that are listed)
#   plan where { }                                           presets.standard
where: validation:
let
  fail = import ../fail.nix where;
  knownArguments = import ../knownArguments.nix;
  allowedNames = import ./allowedNames.nix where;
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
    head
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
  list = concatStringsSep ", ";
  preset =
    let
      name = validation.preset or "standard";
      meant = nearest (attrNames presets) name;
      available = "use one of: ${list (attrNames presets)}";
      suggestion = if meant == null then "" else "; did you mean \"${meant}\"?";
    in
    presets.${name}
      or (fail "`validation.preset = ${toJSON name}` does not exist${suggestion}" available);
  base = if whole && !(validation ? preset) then validation // { validators = [ ]; } else preset;

  example = "validation.validators = [ validators.pickleScan (validators.maxSize \"20G\") ];";
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

  oneOf =
    choices: name: value:
    if elem value choices then
      value
    else
      fail "`${name} = ${toJSON value}` is invalid" "use one of: ${list (map toJSON choices)}";
  checkOnFailure = oneOf [
    "abort"
    "warn"
    "skip"
  ];
  checkRefuse = oneOf [
    "report"
    "suspicious"
    "dangerous"
  ];
  checkTimeout =
    name: value:
    if isInt value && value > 0 then
      value
    else
      fail "`${name}` must be a positive number of seconds" "${name} = 900;";

  checkValidator =
    validator:
    if !isAttrs validator || !isString (validator.name or null) then
      fail "`validation.validators` must be a list of validators" example
    else if !(builtIn ? ${validator.name}) && !(validator ? command) then
      fail "there is no validator ${toJSON validator.name}" "use mkValidator, or one of: ${list (attrNames builtIn)}"
    else if validator.name == "signature" && (validator.trustedPublicKeys or [ ]) == [ ] then
      validator // { trustedPublicKeys = noKeys; }
    else
      let
        check =
          name: checked:
          if validator ? ${name} then
            { ${name} = checked "validators.${validator.name}.${name}" validator.${name}; }
          else
            { };
      in
      validator
      // check "onFailure" checkOnFailure
      // check "refuse" checkRefuse
      // check "timeout" checkTimeout
      // check "allow" allowedNames;

  # Lazy: a later signature with keys replaces it before it is evaluated.
  noKeys = fail "the validator `signature` (preset \"paranoid\") has no trusted public key" ''
    make a key, sign the model, and name the public key:
      nix key generate-secret --key-name me-1 > me-1.secret
      nix-ai-models sign MODEL --repo ORG/NAME --key-file me-1.secret      # prints the public key
      validation.validators = [ (validators.signature { trustedPublicKeys = [ "me-1:…" ]; }) ];'';

  result = {
    enable = validation.enable or base.enable;
    validators = filter (validator: !elem validator.name disable) merged;
    onFailure = checkOnFailure "validation.onFailure" (validation.onFailure or base.onFailure);
    timeout = checkTimeout "validation.timeout" (validation.timeout or base.timeout);
  };
in
if !isAttrs validation then
  fail "`validation` must be a set" "validation.preset = \"strict\";"
else if !isList added then
  fail "`validation.validators` must be a list" example
else if !isList disable then
  fail "`validation.disable` must be a list" "validation.disable = [ \"license\" ];"
else if unknownDisabled != [ ] then
  fail "`validation.disable` has ${toJSON (head unknownDisabled)}, which would not run anyway" "use any of: ${
    list (map (validator: validator.name) merged)
  }"
else if !isBool result.enable then
  fail "`validation.enable` must be true or false" "validation.enable = true;"
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
