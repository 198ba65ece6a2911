# nixlib's functions on the executable that `make build` leaves in artifacts/, with no nixpkgs at
# all:
#
#   nix-build -E 'with import ./tests/nix/offline.nix { }; fetchHuggingFace { repo = "ORG/NAME"; hash = "sha256-…"; }'
{
  system ? builtins.currentSystem,
  caBundle ? null,
}:
import ../../nixlib {
  inherit system caBundle;
  fetcher = import ./fetcher.nix ../../artifacts/runtime;
}
