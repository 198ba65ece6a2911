# The names that `validators.pickleScan // { allow = [ … ]; }` lets pickles use: `module.Class`, or
# `module.*` for the classes of a module. Dangerous ones, by the executable's list, are errors.
#
#   allowedNames : String -> String -> [String] -> [String]
#
#   allowedNames where "validators.pickleScan.allow" [ "os.system" ]
#   => error: nix-ai-models: …: `validators.pickleScan.allow` has "os.system", which runs programs …
where: option: names:
let
  fail = import ../fail.nix where;
  inherit (builtins)
    all
    attrNames
    concatStringsSep
    elem
    elemAt
    filter
    fromJSON
    genList
    head
    isList
    isString
    length
    tail
    match
    readFile
    split
    stringLength
    substring
    toJSON
    ;
  example = "validators.pickleScan // { allow = [ \"torch_geometric.data.*\" \"flair.data.Dictionary\" ]; }";

  # effect -> { modules : [String]; names : [String]; }
  dangerous = fromJSON (readFile ../../fetcher/Validation/Pickle/dangerous.json);
  effects = attrNames dangerous;
  modules = builtins.concatMap (effect: dangerous.${effect}.modules) effects;
  effectOf = kind: name: head (filter (effect: elem name dangerous.${effect}.${kind}) effects);
  functions = builtins.concatMap (effect: dangerous.${effect}.names) effects;

  word = "[A-Za-z_][A-Za-z0-9_]*";
  parts = name: filter isString (split "[.]" name);
  isPrivate = part: substring 0 2 part == "__" && part != "__main__";
  join = concatStringsSep ".";

  # "a.b.c" -> [ "a" "a.b" "a.b.c" ]
  prefixes =
    words: genList (count: join (genList (index: elemAt words index) (count + 1))) (length words);
  startsWith = prefix: text: substring 0 (stringLength prefix) text == prefix;

  danger =
    name:
    let
      words = parts name;
      last = elemAt words (length words - 1);
      isModule = last == "*";
      path = if isModule then genList (elemAt words) (length words - 1) else words;
      above = filter (prefix: elem prefix modules) (prefixes path);
      below = filter (startsWith "${join path}.") modules;
    in
    if above != [ ] then
      effectOf "modules" (head above)
    else if isModule && path == [ "__main__" ] then
      "has everything that the loading program has"
    else if isModule && below != [ ] then
      "has ${head below}, which ${effectOf "modules" (head below)}"
    else if elem last functions then
      effectOf "names" last
    else
      null;

  check =
    name:
    if
      !isString name
      || match "${word}([.]${word})*[.]([*]|${word})" name == null
      || !all (part: !isPrivate part) (parts name)
      || elem "__main__" (tail (parts name))
    then
      fail "`${option}` has ${toJSON name}; a name is module.Class, or module.*" example
    else if danger name != null then
      fail "`${option}` has ${toJSON name}, which ${danger name}: it cannot be allowed" "remove it"
    else
      name;
in
if isList names then map check names else fail "`${option}` must be a list of names" example
