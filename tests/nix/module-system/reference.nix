# The reference of a module's options, as docs/ has it, from their declarations: by the stand-in's
# lib or by nixpkgs' own.
#
#   nix-instantiate --eval --json tests/nix/module-system/reference.nix -A nixos
{
  nixos ? (import ./nixos.nix { }).options.services.ai-models,
  homeManager ? (import ./home-manager.nix { }).options.programs.ai-models,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    isAttrs
    isList
    isString
    match
    split
    toJSON
    ;

  isOption = node: isAttrs node && (node._type or null) == "option";

  # An option and the options inside it.
  walk =
    node: if isOption node then [ node ] ++ below (node.type.getSubOptions node.loc) else below node;
  below =
    options:
    concatMap (name: walk options.${name}) (filter (name: name != "_module") (attrNames options));

  attribute = name: if match "[A-Za-z_][A-Za-z0-9_'-]*" name != null then name else toJSON name;
  # A value as Nix writes it.
  written =
    value:
    if isAttrs value && value ? text then
      value.text
    else if isList value then
      if value == [ ] then "[ ]" else "[ ${concatStringsSep " " (map written value)} ]"
    else if isAttrs value then
      if value == { } then
        "{ }"
      else
        "{ ${
          concatStringsSep " " (map (name: "${attribute name} = ${written value.${name}};") (attrNames value))
        } }"
    else
      toJSON value;

  lines = text: filter isString (split "\n" text);
  stripped = text: match "[[:space:]]*(.*[^[:space:]])[[:space:]]*" text;
  # On one line, or as a block.
  field =
    name: value:
    let
      text = builtins.head (stripped (written value));
    in
    if match ".*\n.*" text == null then
      "- ${name}: `${text}`"
    else
      "- ${name}:\n\n  ```nix\n  ${concatStringsSep "\n  " (lines text)}\n  ```";

  entry =
    option:
    let
      default = option.defaultText or option.default or null;
      hasDefault = option ? defaultText || option ? default;
    in
    concatStringsSep "\n" (
      [
        "### `${concatStringsSep "." option.loc}`"
        ""
        (builtins.head (stripped option.description))
        ""
        "- type: ${option.type.description}${if option.readOnly or false then " (read-only)" else ""}"
      ]
      ++ (if hasDefault then [ (field "default" default) ] else [ ])
      ++ (if option ? example then [ (field "example" option.example) ] else [ ])
      ++ [ "" ]
    );

  page = options: concatStringsSep "\n" (map entry (below options));
in
{
  nixos = page nixos;
  homeManager = page homeManager;
}
