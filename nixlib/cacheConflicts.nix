# Why models cannot share one cache, pair by pair. In a cache a branch or tag leads to one revision.
# Models of one revision share its folder: a file has the same bytes in all of them.
#
#   cacheConflicts : (String -> String) -> { <name> : Model } -> [String]
#     the function gives the attribute path of the model of a name, for the message
#
#   cacheConflicts (name: "models.${name}") { inherit llama bert; }
#   => [ ]
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    match
    ;
  # A whole repository by its hash: one commit has one.
  isHashed = model: !model.partial && match "sha256-.*" model.content != null;
in
path: models:
let
  conflictOf =
    a: b:
    let
      first = models.${a};
      second = models.${b};
      sameRevision = first.rev == second.rev;
    in
    if first.hfCacheName == null || first.hfCacheName != second.hfCacheName then
      [ ]
    else if sameRevision && isHashed first && isHashed second && first.content != second.content then
      [
        ''
          ${path a} and ${path b} are the same revision of ${first.repo} with different hashes
          next: nix-prefetch-hf ${first.repo} --rev ${first.rev}''
      ]
    else if !sameRevision && first.ref == second.ref then
      [
        ''
          ${path a} and ${path b} are different revisions of ${first.repo}, both named `${first.ref}`
          next: name the branch or tag that one of them was taken from:
            ${path b}.source.huggingface.ref = "v1.0";''
      ]
    else
      [ ];
  names = attrNames models;
in
concatMap (b: concatMap (a: conflictOf a b) (filter (a: a < b) names)) names
