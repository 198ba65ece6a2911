# The models of a set that a Hugging Face cache can hold: not a file by itself.
#
#   inCache : { <name> : Model | Derivation } -> { <name> : Model }
#
#   inCache { inherit llama; gguf = fetchHuggingFaceFile { … }; }
#   => { llama = «derivation …»; }
let
  inherit (builtins) attrNames filter;
  isNamed = model: model ? raw && model.hfCacheName or null != null;
in
models: removeAttrs models (filter (name: !isNamed models.${name}) (attrNames models))
