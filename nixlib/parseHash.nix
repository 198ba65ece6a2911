# A sha256 hash in any form that people paste: SRI, hexadecimal, Nix base32, plain base64; null
# where it is none. builtins.convertHash (2.19) is younger than the oldest Nix that this library
# serves (2.8).
#
#   parseHash : String -> { hex : String; sri : String; } | null     hex: 64 lower-case digits
#
#   parseHash "0000000000000000000000000000000000000000000000000000000000000000"
#   => { hex = "0000…"; sri = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; }
let
  inherit (builtins)
    concatStringsSep
    elemAt
    foldl'
    genList
    listToAttrs
    match
    stringLength
    substring
    ;

  letters = text: genList (i: substring i 1 text) (stringLength text);
  alphabet =
    text:
    listToAttrs (
      genList (i: {
        name = substring i 1 text;
        value = i;
      }) (stringLength text)
    );

  base16Letters = letters "0123456789abcdef";
  base64Letters = letters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  base16 =
    alphabet "0123456789abcdef"
    // listToAttrs (
      genList (i: {
        name = substring i 1 "ABCDEF";
        value = 10 + i;
      }) 6
    );
  base32 = alphabet "0123456789abcdfghijklmnpqrsvwxyz";
  base64 = alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  # 256 bits are 42 base64 letters and a 43rd whose last two bits are zero.
  base64Of = match "(sha256[-:])?([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])=?";
  base16Of = match "(sha256[-:])?([0-9a-fA-F]{64})";
  # 52 letters of 5 bits are four bits more than 256: the first letter is 0 or 1.
  base32Of = match "(sha256[-:])?([01][0-9a-df-np-sv-z]{51})";

  bit = power: number: number / power - number / power / 2 * 2;
  power2 = exponent: foldl' (n: _: n * 2) 1 (genList (i: i) exponent);
  concat = concatStringsSep "";

  base64ToHex =
    text:
    let
      # Two letters are three digits. A 44th letter "A" rounds the number up to 264 bits; its digits
      # fall off.
      six = genList (i: if i < 43 then base64.${substring i 1 text} else 0) 44;
      three =
        i:
        let
          number = elemAt six (2 * i) * 64 + elemAt six (2 * i + 1);
        in
        elemAt base16Letters (number / 256)
        + elemAt base16Letters (number / 16 - number / 256 * 16)
        + elemAt base16Letters (number - number / 16 * 16);
    in
    substring 0 64 (concat (genList three 22));

  # The number is little-endian: its lowest five bits are the last letter (nix,
  # src/libutil/hash.cc).
  base32ToHex =
    text:
    let
      bitAt = k: bit (power2 (k - k / 5 * 5)) base32.${substring (51 - k / 5) 1 text};
      nibble = m: bitAt (4 * m) + 2 * bitAt (4 * m + 1) + 4 * bitAt (4 * m + 2) + 8 * bitAt (4 * m + 3);
      byte = i: elemAt base16Letters (nibble (2 * i + 1)) + elemAt base16Letters (nibble (2 * i));
    in
    concat (genList byte 32);

  hexToBase64 =
    text:
    let
      digit = i: if i < 64 then base16.${substring i 1 text} else 0;
      two =
        i:
        let
          number = digit (3 * i) * 256 + digit (3 * i + 1) * 16 + digit (3 * i + 2);
        in
        elemAt base64Letters (number / 64) + elemAt base64Letters (number - number / 64 * 64);
    in
    substring 0 43 (concat (genList two 22)) + "=";

  lowerCase = text: concat (map (letter: elemAt base16Letters base16.${letter}) (letters text));
in
text:
let
  base64Digits = base64Of text;
  base16Digits = base16Of text;
  base32Digits = base32Of text;
  digits = matched: elemAt matched 1;
  ofHex = hex: {
    inherit hex;
    sri = "sha256-${hexToBase64 hex}";
  };
in
if base64Digits != null then
  {
    hex = base64ToHex (digits base64Digits);
    sri = "sha256-${digits base64Digits}=";
  }
else if base16Digits != null then
  ofHex (lowerCase (digits base16Digits))
else if base32Digits != null then
  ofHex (base32ToHex (digits base32Digits))
else
  null
