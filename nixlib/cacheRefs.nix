# Which branches and tags lead to which model, where several are in one cache.
#
#   cacheRefs : { <name> : Model } -> { <name> : { claim : String; refs : [String]; } }
#     claim   the branch or tag that the model was taken from; two revisions of a repository may not claim the same one
#     refs    the claim, and `main` where nobody else of the repository claims it
#
#   cacheRefs { llama = fetchModel { … source.huggingface.ref = "v1.0"; … }; }
#   => { llama = { claim = "v1.0"; refs = [ "main" "v1.0" ]; }; }
let
  inherit (builtins)
    attrValues
    elemAt
    filter
    length
    mapAttrs
    ;
in
models:
mapAttrs (
  _: model:
  let
    claim = elemAt model.refs (length model.refs - 1);
    others = filter (other: other.hfCacheName == model.hfCacheName && other.rev != model.rev) (attrValues models);
  in
  {
    inherit claim;
    refs = (if claim == "main" || others == [ ] then [ "main" ] else [ ]) ++ (if claim == "main" then [ ] else [ claim ]);
  }
) models
