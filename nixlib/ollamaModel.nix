# A model of a registry, of which the manifest is at hand: every blob a file of its own, the manifest
# beside them.
#
#   ollamaModel : { fail : String -> a; pinnedFiles : [PinnedFile] -> Origin; model, text : String;
#     endpoint : String | null; urls ? { <path> = [String]; }; } -> Origin   (sources.nix)
#     model   the name (ollamaName.nix)
#     text    the manifest
#     urls    addresses of the files that a lock file has in place of the registry's
#
#   ollamaModel { model = "llama3.2:1b"; text = "{…}"; … }
#   => { raw = «derivation /nix/store/…-llama-files.drv»; paths = [ "llama3.2-1b.gguf" ]; … }
let
  inherit (builtins)
    filter
    fromJSON
    hashString
    toFile
    ;
in
{
  fail,
  pinnedFiles,
  model,
  text,
  endpoint,
  urls ? { },
}:
let
  name = import ./ollamaName.nix model;
  registry = if endpoint == null then "${name.scheme}://${name.host}" else endpoint;
  sha256 = hashString "sha256" text;
  files = import ./ollamaFiles.nix {
    inherit fail;
    stem = "${name.model}-${name.tag}";
  } (fromJSON text);
  address = file: "oci+${registry}/v2/${name.namespace}/${name.model}/blobs/sha256:${file.sha256}";
  blobs = map (file: {
    inherit (file) path size;
    hash = file.sha256;
    urls = urls.${file.path} or [ (address file) ];
  }) files;
  manifest = {
    path = "ollama-manifest.json";
    hash = sha256;
    file = toFile "ollama-manifest.json" text;
  };
  pathsOf = kind: map (file: file.path) (filter (file: file.kind == kind) files);
in
pinnedFiles (blobs ++ [ manifest ])
// {
  # Those that llama.cpp is started with; an adapter is none.
  paths = pathsOf "model" ++ pathsOf "projector";
  attributes.ollama = {
    digest = "sha256:${sha256}";
    manifest = "${name.host}/${name.namespace}/${name.model}/${name.tag}";
    blobs = map (file: { inherit (file) path sha256; }) files;
  };
}
