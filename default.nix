# The functions and the package, for people without flakes:
#
#   with import (fetchTarball "…") { pkgs = import <nixpkgs> { }; };
#   fetchModel { name = "bert-tiny"; source.huggingface.repo = "prajjwal1/bert-tiny"; hash = ""; }
{
  pkgs ? import <nixpkgs> { },
  nix-ai-models ? pkgs.nix-ai-models or (pkgs.callPackage ./fetcher/package.nix { }),
}:
import ./nixlib {
  inherit pkgs;
  fetcher = nix-ai-models;
  inherit (pkgs.stdenv.hostPlatform) system;
  caBundle = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";
}
// {
  inherit nix-ai-models;

  # The same files; `nix run` starts them under their second name.
  nix-prefetch-hf = nix-ai-models // {
    meta = nix-ai-models.meta // {
      mainProgram = "nix-prefetch-hf";
    };
  };
}
