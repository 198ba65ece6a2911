# A container image of models, for machines without /nix/store: a layer for each large file, and one
# for the rest. The derivation has the image's manifest and reads the weights once, for the digests of
# the layers; it does not hold the layers themselves. `nix-ai-models image` streams them from the store.
#
#   ociImage :
#     { models : { <name> : Definition | Model } | Path;
#       name ? "models"; tag ? "latest"; environment ? { <VARIABLE> : String | null; };
#     } -> Derivation
#     a value may also be any other derivation, such as one GGUF file
#
#   ociImage { name = "llama"; models = { inherit llama; }; }
#   => /nix/store/…-llama-image, for: nix-ai-models image ./result | podman load
#      its containers have /models/llama, AI_MODEL_LLAMA=/models/llama, HF_HUB_CACHE=/models/hub
context:
{
  mkModels,
  hfCache,
  farm,
}:
let
  where = "ociImage";
  fail = import ./fail.nix where;
  givenEnvironment = import ./givenEnvironment.nix where;
  knownArguments = import ./knownArguments.nix;
  modelVariable = import ./modelVariable.nix;
  variableConflicts = import ./variableConflicts.nix;
  offlineEnvironment = import ./offlineEnvironment.nix;
  inCache = import ./inCache.nix;
  present = import ./present.nix;
  inherit (builtins)
    attrNames
    head
    isString
    listToAttrs
    mapAttrs
    match
    replaceStrings
    toJSON
    ;

  root = "models";
  # Go's names, which images have.
  architectures = {
    x86_64 = "amd64";
    aarch64 = "arm64";
  };
in
args:
let
  models = mkModels (args.models or (fail "`models` is missing" "models = { inherit llama; };"));
  names = attrNames models;
  conflicts = variableConflicts (name: "models.${name}") names;
  named = inCache models;
  hub = if named == { } then { } else { hub = hfCache { models = named; }; };

  # opencontainers/distribution-spec, "Pulling manifests"
  component = "[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*";
  checked =
    argument: pattern: example: given:
    if isString given && match pattern given != null then
      given
    else
      fail "invalid `${argument} = ${toJSON given}`" "${argument} = \"${example}\";";
  name = checked "name" "(${component}(:[0-9]+)?/)?${component}(/${component})*" "llama" (
    args.name or "models"
  );
  tag = checked "tag" "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}" "latest" (args.tag or "latest");
  machine = head (match "([^-]*)-.*" context.system);
in
knownArguments
  {
    inherit where args;
    known = [
      "models"
      "name"
      "tag"
      "environment"
    ];
  }
  (
    if conflicts != [ ] then
      throw "nix-ai-models: ${where}: ${head conflicts}"
    else if models ? hub && named != { } then
      fail "`models.hub` has the name of the cache in the image" "rename models.hub"
    else
      derivation (
        {
          name = "${replaceStrings [ "/" ":" ] [ "-" "-" ] name}-image";
          inherit (context) system;
          __structuredAttrs = true;
          source = "${farm (hub // mapAttrs (_: model: model.raw or model) models)}";
          # The raw files of a model that fails its validation are in no image.
          checked = map (name: "${models.${name}}") names;
          imageName = name;
          inherit root tag;
          architecture = architectures.${machine} or machine;
          environment = present (
            listToAttrs (
              map (name: {
                name = modelVariable name;
                value = "/${root}/${name}";
              }) names
            )
            // offlineEnvironment (if named == { } then null else "/${root}/hub")
            // givenEnvironment (args.environment or { })
          );
          preferLocalBuild = true;
        }
        // import ./builder.nix context.fetcher "oci"
      )
  )
