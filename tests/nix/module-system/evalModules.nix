# Modules made one configuration: every definition goes to the option that is declared at its place.
#
#   evalModules { modules = [ ./nixos.nix { services.ai-models.enable = true; } ]; specialArgs ? { }; prefix ? [ ]; }
#   => { config; options; }
{ lib }:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    foldl'
    head
    isAttrs
    isFunction
    isPath
    mapAttrs
    ;
  isOption = value: isAttrs value && (value._type or null) == "option";

  # { imports, options, config } of a module in any of its forms.
  normal =
    module:
    if module ? options || module ? config then
      module
    else
      {
        imports = module.imports or [ ];
        config = removeAttrs module [
          "imports"
          "key"
        ];
      };
in
{
  modules,
  specialArgs ? { },
  prefix ? [ ],
}:
let
  arguments = specialArgs // {
    inherit lib config;
  };
  load =
    module:
    let
      value = if isPath module || builtins.isString module then import module else module;
      opened = normal (if isFunction value then value arguments else value);
    in
    concatMap load (opened.imports or [ ])
    ++ [
      {
        # A file that is imported twice is one module.
        file = if isPath module || builtins.isString module then toString module else null;
        inherit opened;
      }
    ];
  loaded = map (each: each.opened) (
    foldl' (
      kept: each:
      if each.file != null && builtins.any (other: other.file == each.file) kept then
        kept
      else
        kept ++ [ each ]
    ) [ ] (concatMap load modules)
  );

  declare =
    loc: a: b:
    a
    // mapAttrs (
      name: right:
      if !(a ? ${name}) then
        right
      else if isOption right || isOption a.${name} then
        throw "The option `${concatStringsSep "." (loc ++ [ name ])}' is already declared."
      else
        declare (loc ++ [ name ]) a.${name} right
    ) b;
  declared = foldl' (declare prefix) { } (map (module: module.options or { }) loaded);
  freeform = filter (each: each != null) (map (module: module.freeformType or null) loaded);

  value =
    loc: option: definitions:
    let
      name = "`${concatStringsSep "." loc}'";
      all = lib.discharge (
        definitions ++ (if option ? default then [ (lib.mkOptionDefault option.default) ] else [ ])
      );
      merged =
        if option.readOnly or false && lib.discharge definitions != [ ] then
          throw "The option ${name} is read-only, but it's set multiple times."
        else if all == [ ] then
          throw "The option ${name} was accessed but has no value defined. Try setting the option."
        else
          option.type.merge loc all;
    in
    (option.apply or (same: same)) merged;

  # `free` takes what no option declares, at the top alone.
  merge =
    loc: options: definitions: free:
    let
      sets = concatMap lib.pushDown definitions;
      of = name: map (set: set.${name}) (filter (set: set ? ${name}) sets);
      unknown = map (set: removeAttrs set (attrNames options)) sets;
      unknownNames = concatMap attrNames unknown;
      known = mapAttrs (
        name: option:
        let
          place = loc ++ [ name ];
        in
        if isOption option then value place option (of name) else merge place option (of name) [ ]
      ) options;
    in
    if unknownNames == [ ] then
      known
    else if free != [ ] then
      (head free).merge loc unknown // known
    # As in nixpkgs, a condition that does not hold defines nothing; what it would define must be
    # declared all the same.
    else
      throw "The option `${concatStringsSep "." (loc ++ [ (head unknownNames) ])}' does not exist.";

  config = merge prefix declared (map (module: module.config or { }) loaded) freeform;
  # Each option with its place.
  placed =
    loc:
    mapAttrs (
      name: option:
      let
        place = loc ++ [ name ];
      in
      if isOption option then option // { loc = place; } else placed place option
    );
in
{
  inherit config;
  options = placed prefix declared;
}
