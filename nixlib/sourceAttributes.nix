# A repository of the Hub and a selection of its files, as derivations and the manifest name them.
#
#   sourceAttributes : Source (source.nix) -> AttrSet
#
#   sourceAttributes (source { … } { repo = "gpt2"; })
#   => { repo = "gpt2"; repoType = "model"; rev = "main"; }
source:
import ./present.nix {
  inherit (source)
    repo
    repoType
    rev
    files
    include
    exclude
    quant
    mmproj
    endpoint
    ;
}
