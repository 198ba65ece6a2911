# The options of the sources that a model can name, one file each.
#
#   { lib; optional : Type -> AttrSet -> Option; } -> { <name> : { type : Type; description : String; }; }
args: {
  huggingface = import ./sources/huggingface.nix args;
  ollama = import ./sources/ollama.nix args;
  url = import ./sources/url.nix args;
}
