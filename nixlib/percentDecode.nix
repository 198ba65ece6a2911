# Decodes the escapes of a URL's part (RFC 3986, section 2.1), as far as they are UTF-8.
#
#   percentDecode : String -> String | null   null where they are not text
#
#   percentDecode "mod%C3%A8le%20v1.gguf"
#   => "modèle v1.gguf"
let
  inherit (builtins)
    concatStringsSep
    elem
    elemAt
    foldl'
    fromJSON
    genList
    head
    isString
    match
    split
    stringLength
    substring
    ;
  digits = {
    "0" = 0;
    "1" = 1;
    "2" = 2;
    "3" = 3;
    "4" = 4;
    "5" = 5;
    "6" = 6;
    "7" = 7;
    "8" = 8;
    "9" = 9;
    a = 10;
    b = 11;
    c = 12;
    d = 13;
    e = 14;
    f = 15;
    A = 10;
    B = 11;
    C = 12;
    D = 13;
    E = 14;
    F = 15;
  };
  hex = [
    "0"
    "1"
    "2"
    "3"
    "4"
    "5"
    "6"
    "7"
    "8"
    "9"
    "a"
    "b"
    "c"
    "d"
    "e"
    "f"
  ];
  modulo = a: b: a - a / b * b;
  unit =
    number:
    "\\u"
    + concatStringsSep "" (
      map (place: elemAt hex (modulo (number / place) 16)) [
        4096
        256
        16
        1
      ]
    );
  # A character of a JSON string; those past U+FFFF are two.
  json =
    number:
    if number < 65536 then
      unit number
    else
      unit (55296 + (number - 65536) / 1024) + unit (56320 + modulo (number - 65536) 1024);

  # The bytes of a run of escapes, decoded from its end: what follows a byte 10xxxxxx belongs to it.
  bytesOf =
    run:
    genList (i: digits.${substring (3 * i + 1) 1 run} * 16 + digits.${substring (3 * i + 2) 1 run}) (
      stringLength run / 3
    );
  start = {
    text = "";
    number = 0;
    rest = 0;
    least = 0;
    bad = false;
  };
  isText =
    number: least:
    number >= least && number < 1114112 && !(number >= 55296 && number < 57344) && number != 0;
  add =
    state: byte:
    let
      begin =
        number: rest: least:
        if state.rest != 0 then
          state // { bad = true; }
        else
          state
          // {
            inherit number rest least;
          };
      number = state.number * 64 + byte - 128;
    in
    if byte < 128 then
      if state.rest != 0 || byte == 0 then
        state // { bad = true; }
      else
        state // { text = state.text + json byte; }
    else if byte < 192 then
      if state.rest == 0 || (state.rest == 1 && !isText number state.least) then
        state // { bad = true; }
      else if state.rest == 1 then
        state
        // {
          text = state.text + json number;
          rest = 0;
        }
      else
        state
        // {
          inherit number;
          rest = state.rest - 1;
        }
    else if byte < 224 then
      begin (byte - 192) 1 128
    else if byte < 240 then
      begin (byte - 224) 2 2048
    else if byte < 248 then
      begin (byte - 240) 3 65536
    else
      state // { bad = true; };
  decodeRun =
    run:
    let
      end = foldl' add start (bytesOf run);
    in
    if end.bad || end.rest != 0 then null else fromJSON "\"${end.text}\"";
in
text:
let
  # A half escape is not decoded.
  plain = part: if match ".*%.*" part == null then part else null;
  parts = map (part: if isString part then plain part else decodeRun (head part)) (
    split "((%[0-9a-fA-F][0-9a-fA-F])+)" text
  );
in
if elem null parts then null else concatStringsSep "" parts
