# A model directory of Ollama (OLLAMA_MODELS) whose blobs are links to files in the store: no copy.
#
#   ollamaModels : { <name> : Model | GGUF | { model : GGUF; projector ? GGUF; template ? String;
#     system ? String; parameters ? AttrSet; }; } -> Derivation
#     name   as Ollama has it: MODEL[:TAG], NAMESPACE/MODEL[:TAG] or HOST/NAMESPACE/MODEL[:TAG]
#     Model  of `source.ollama`: its own manifest and blobs, exactly as `ollama pull` would leave them
#     GGUF   Derivation | String, a file in the store
#
#   ollamaModels { "gemma3:4b" = fetchHuggingFaceFile { … file = "gemma-3-4b-it-Q4_K_M.gguf"; }; }
#   => /nix/store/…-ollama-models, with manifests/registry.ollama.ai/library/gemma3/4b and blobs/sha256-… -> …
context:
let
  where = "ollamaModels";
  fail = import ./fail.nix where;
  knownArguments = import ./knownArguments.nix;
  parseHash = import ./parseHash.nix;
  present = import ./present.nix;
  inherit (builtins)
    attrNames
    isAttrs
    isString
    toJSON
    ;

  manifestOf =
    name:
    let
      parts = import ./ollamaName.nix name;
    in
    if parts == null then
      fail "`${toJSON name}` is not a name of Ollama's" "\"gemma3:4b\" = fetchHuggingFaceFile { … };"
    else
      "${parts.host}/${parts.namespace}/${parts.model}/${parts.tag}";

  entry =
    name: given:
    let
      args = if isAttrs given && !(given ? outPath) then given else { model = given; };
      model = args.model or (fail "`${toJSON name}.model` is missing" "model = fetchHuggingFaceFile { … };");
      # Nix has checked the hash of a single file.
      isFile = isAttrs model && (model.outputHashMode or null) == "flat";
    in
    if isAttrs model && model ? ollama then
      {
        manifest = manifestOf name;
        view = "${model}";
        inherit (model.ollama) blobs;
      }
    else if !isString model && !(isAttrs model && model ? outPath) then
      fail "`${toJSON name}` must be a GGUF file in the store" "${toJSON name} = fetchHuggingFaceFile { … };"
    else
      knownArguments {
        where = "${where}: ${toJSON name}";
        inherit args;
        known = [
          "model"
          "projector"
          "template"
          "system"
          "parameters"
        ];
      } ({
        manifest = manifestOf name;
        file = "${model}";
        texts = present {
          template = args.template or null;
          system = args.system or null;
          params = if args ? parameters then toJSON args.parameters else null;
        };
      }
      // present {
        sha256 = if isFile then (parseHash model.outputHash).hex else null;
        projector = if args ? projector then "${args.projector}" else null;
      });
in
models:
derivation (
  {
    name = "ollama-models";
    inherit (context) system;
    __structuredAttrs = true;
    models = map (name: entry name models.${name}) (attrNames models);
    preferLocalBuild = true;
  }
  // import ./builder.nix context.fetcher "ollama"
)
