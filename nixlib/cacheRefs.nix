# The branches and tags that lead to each model of one cache: its own, and `main` unless another
# revision of the repository is there.
#
#   cacheRefs : { <name> : Model } -> { <name> : [String] }
#
#   cacheRefs { llama = fetchModel { … source.huggingface.ref = "v1.0"; … }; }
#   => { llama = [ "main" "v1.0" ]; }
let
  inherit (builtins) any attrValues mapAttrs;
in
models:
mapAttrs (
  _: model:
  let
    isOther = other: other.hfCacheName == model.hfCacheName && other.rev != model.rev;
    alone = !any isOther (attrValues models);
  in
  if model.hfCacheName == null then
    [ ]
  else
    (if model.ref == "main" || alone then [ "main" ] else [ ])
    ++ (if model.ref == "main" then [ ] else [ model.ref ])
) models
