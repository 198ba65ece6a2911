# The types of options that the modules use, with the names and descriptions that nixpkgs gives
# them: the options' page is made from these. A type merges the values of its definitions;
# `getSubOptions` are the options inside it.
{ properties, evalModules }:
let
  inherit (builtins)
    all
    attrValues
    concatMap
    concatStringsSep
    elem
    filter
    head
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isPath
    isString
    length
    listToAttrs
    match
    substring
    tail
    toJSON
    zipAttrsWith
    ;

  option = loc: "`${concatStringsSep "." loc}'";

  type =
    {
      name,
      description ? name,
      class ? "noun",
      check,
      merge ? one,
      getSubOptions ? _: { },
    }:
    {
      _type = "option-type";
      inherit
        name
        description
        check
        getSubOptions
        ;
      descriptionClass = class;
      merge =
        loc: values:
        if all check values then
          merge loc values
        else
          throw (
            "A definition for option ${option loc} is not of type `${description}'. "
            + "Definition values: ${shown values}"
          );
    };
  shown =
    values:
    concatStringsSep ", " (
      map (value: if isAttrs value || isFunction value then "…" else toJSON value) values
    );

  # Definitions that must agree.
  one =
    loc: values:
    if all (value: value == head values) (tail values) then
      head values
    else
      throw "The option ${option loc} has conflicting definition values: ${shown values}";

  isDerivation = value: isAttrs value && (value.type or null) == "derivation";
  isAbsolute =
    value: isPath value || isString value && substring 0 1 value == "/" || isDerivation value;

  # "list of (a or b)", but "list of string".
  inside =
    inner:
    if
      elem inner.descriptionClass [
        "noun"
        "composite"
      ]
    then
      inner.description
    else
      "(${inner.description})";
in
rec {
  bool = type {
    name = "bool";
    description = "boolean";
    check = isBool;
  };
  str = type {
    name = "str";
    description = "string";
    check = isString;
  };
  strMatching =
    pattern:
    type {
      name = "strMatching ${toJSON pattern}";
      description = "string matching the pattern ${pattern}";
      check = value: isString value && match pattern value != null;
    };
  path = type {
    name = "path";
    description = "absolute path";
    check = isAbsolute;
  };
  package = type {
    name = "package";
    check = isDerivation;
  };
  ints.positive = type {
    name = "positiveInt";
    description = "positive integer, meaning >0";
    class = "nonRestrictiveClause";
    check = value: isInt value && value > 0;
  };
  enum =
    values:
    type {
      name = "enum";
      description = "one of ${concatStringsSep ", " (map toJSON values)}";
      class = "conjunction";
      check = value: elem value values;
    };

  # Not looked into.
  raw = type {
    name = "raw";
    description = "raw value";
    check = _: true;
  };

  # Sets are merged at every depth, lists are joined, anything else must agree.
  anything = type {
    name = "anything";
    check = _: true;
    merge =
      loc: values:
      if all (value: isAttrs value && !isDerivation value) values then
        (attrsOf anything).merge loc values
      else if length values > 1 && all isList values then
        concatMap (value: value) values
      else
        one loc values;
  };

  nullOr =
    inner:
    type {
      name = "nullOr";
      description = "null or ${
        if
          elem inner.descriptionClass [
            "noun"
            "conjunction"
          ]
        then
          inner.description
        else
          "(${inner.description})"
      }";
      class = "conjunction";
      check = value: value == null || inner.check value;
      merge =
        loc: values:
        if all (value: value == null) values then
          null
        else
          inner.merge loc (filter (value: value != null) values);
      inherit (inner) getSubOptions;
    };

  either =
    a: b:
    type {
      name = "either";
      description = "${a.description} or ${b.description}";
      class = "conjunction";
      check = value: a.check value || b.check value;
      merge = loc: values: if all a.check values then a.merge loc values else b.merge loc values;
    };

  listOf =
    inner:
    type {
      name = "listOf";
      description = "list of ${inside inner}";
      class = "composite";
      check = isList;
      merge =
        loc: values:
        map (value: inner.merge (loc ++ [ "*" ]) (properties.discharge [ value ])) (
          concatMap (value: value) values
        );
      getSubOptions = prefix: inner.getSubOptions (prefix ++ [ "*" ]);
    };

  attrsOf =
    inner:
    type {
      name = "attrsOf";
      description = "attribute set of ${inside inner}";
      class = "composite";
      check = isAttrs;
      merge =
        loc: values:
        let
          merged = zipAttrsWith (name: definitions: {
            inherit name;
            values = properties.discharge definitions;
          }) (concatMap properties.pushDown values);
        in
        listToAttrs (
          map (each: {
            inherit (each) name;
            value = inner.merge (loc ++ [ each.name ]) each.values;
          }) (filter (each: each.values != [ ]) (attrValues merged))
        );
      getSubOptions = prefix: inner.getSubOptions (prefix ++ [ "<name>" ]);
    };

  submodule =
    module:
    let
      evaluate =
        loc: values:
        evalModules {
          prefix = loc;
          modules = [ module ] ++ map (value: if isFunction value then value else { config = value; }) values;
        };
    in
    type {
      name = "submodule";
      description =
        let
          free = module.freeformType or null;
        in
        if free == null then "submodule" else "open submodule of ${inside free}";
      class = "nonRestrictiveClause";
      check = value: isAttrs value || isFunction value;
      merge = loc: values: (evaluate loc values).config;
      getSubOptions = prefix: (evaluate prefix [ ]).options;
    };
}
