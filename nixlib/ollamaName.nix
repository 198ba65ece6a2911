# Reads the name of a model in a registry, as Ollama writes it (ollama, types/model/name.go).
# fetcher/Sources/Oci/OllamaName.cs reads the same names.
#
#   ollamaName : String -> { scheme, host, namespace, model, tag : String; } | null
#
#   ollamaName "llama3.2:1b"
#   => { scheme = "https"; host = "registry.ollama.ai"; namespace = "library"; model = "llama3.2"; tag = "1b"; }
let
  inherit (builtins) elemAt match;
  word = "[A-Za-z0-9_][A-Za-z0-9_-]*";
  dotted = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
  host = "[A-Za-z0-9_][A-Za-z0-9_.:-]*";
  loopback = "(localhost|127[.][0-9.]+)(:[0-9]+)?";
in
name:
let
  parts = match "(((https?)://)?(${host})/(${word})/|(${word})/)?(${dotted})(:(${dotted}))?" name;
  get = i: default: if elemAt parts i == null then default else elemAt parts i;
  scheme = get 2 "https";
  registry = get 3 "registry.ollama.ai";
in
if parts == null || scheme == "http" && match loopback registry == null then
  null
else
  {
    inherit scheme;
    host = registry;
    namespace = get 4 (get 5 "library");
    model = elemAt parts 6;
    tag = get 8 "latest";
  }
