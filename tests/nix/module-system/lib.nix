# The part of nixpkgs' lib that the modules use, so that they can be evaluated without nixpkgs.
# AnswersTests compares the results with recorded results of the real one.
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    elemAt
    filter
    isString
    length
    listToAttrs
    match
    replaceStrings
    stringLength
    substring
    ;
  properties = import ./properties.nix;
  lib = properties // rec {
    types = import ./types.nix { inherit properties evalModules; };
    evalModules = import ./evalModules.nix { inherit lib; };

    mkOption = attributes: attributes // { _type = "option"; };
    mkEnableOption =
      what:
      mkOption {
        type = types.bool;
        default = false;
        example = true;
        description = "Whether to enable ${what}.";
      };
    literalExpression = text: {
      _type = "literalExpression";
      inherit text;
    };

    inherit (builtins) mapAttrs;
    optional = condition: value: if condition then [ value ] else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    last = list: elemAt list (length list - 1);
    range = from: to: builtins.genList (i: from + i) (to - from + 1);
    filterAttrs =
      keep: set:
      listToAttrs (
        concatMap (
          name:
          optional (keep name set.${name}) {
            inherit name;
            value = set.${name};
          }
        ) (attrNames set)
      );
    removePrefix =
      prefix: text:
      if hasPrefix prefix text then
        substring (stringLength prefix) (stringLength text - stringLength prefix) text
      else
        text;
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    escapeShellArg =
      value:
      let
        text = toString value;
      in
      if match "[[:alnum:],._+:@%/-]+" text != null then
        text
      else
        "'${replaceStrings [ "'" ] [ "'\\''" ] text}'";
    escapeShellArgs = words: concatStringsSep " " (map escapeShellArg words);

    # Home Manager's.
    hm.dag.entryAfter = after: data: {
      inherit after data;
      before = [ ];
    };
  };
in
lib
