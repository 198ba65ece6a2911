# The candidate that a mistyped word most likely stands for.
#
#   nearest : [String] -> String -> String | null
#
#   nearest [ "hash" "repo" "include" ] "includes"
#   => "include"
let
  inherit (builtins)
    elemAt
    filter
    foldl'
    genList
    length
    replaceStrings
    stringLength
    substring
    ;

  min = a: b: if a < b then a else b;

  letters = text: genList (i: substring i 1 text) (stringLength text);

  # Levenshtein's distance, a row of its table at a time.
  distance =
    a: b:
    let
      to = letters b;
      width = length to;
      next =
        row: letter:
        foldl' (
          done: i:
          let
            change = elemAt row i + (if elemAt to i == letter then 0 else 1);
            shift = 1 + min (elemAt row (i + 1)) (elemAt done i);
          in
          done ++ [ (min change shift) ]
        ) [ (elemAt row 0 + 1) ] (genList (i: i) width);
    in
    elemAt (foldl' next (genList (i: i) (width + 1)) (letters a)) width;

  upper = letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  lower = letters "abcdefghijklmnopqrstuvwxyz";
  plain =
    replaceStrings
      (
        upper
        ++ [
          "_"
          "-"
        ]
      )
      (
        lower
        ++ [
          ""
          ""
        ]
      );
in
candidates: word:
let
  rated = map (candidate: {
    inherit candidate;
    distance = distance (plain word) (plain candidate);
  }) candidates;
  # A third of the letters may be wrong, as in git's and Nix' own suggestions.
  near = filter (r: r.distance * 3 <= stringLength r.candidate) rated;
  best = foldl' (a: b: if a == null || b.distance < a.distance then b else a) null near;
in
if best == null then null else best.candidate
