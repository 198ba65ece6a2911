# `raw`: the files of a repository at a revision, at their paths in it, and nothing else.
#
#   snapshot : { fetcher, system, caBundle, warn } -> { where; source; pin; network; name ? null; tokenEnvVar ? null; attrs ? { }; } -> Derivation
#
#   snapshot lib { where = "fetchHuggingFace"; source = …; pin = …; network = …; }
#   => «derivation /nix/store/…-hf+prajjwal1+bert-tiny+6f75de8b.drv»
let
  derivationName = import ./derivationName.nix;
  present = import ./present.nix;
  storeName = import ./storeName.nix;
in
lib:
{
  where,
  source,
  pin,
  network,
  name ? null,
  tokenEnvVar ? null,
  attrs ? { },
}:
let
  command = import ./prefetchCommand.nix source;
  raw = import ./fixedOutput.nix lib {
    name = if name == null then derivationName.snapshot source else storeName where name;
    mode = "recursive";
    inherit (pin) sri;
    inherit source network;
    attrs = attrs // present { inherit tokenEnvVar; };
    variables = if tokenEnvVar == null then [ ] else [ tokenEnvVar ];
  };
  warned =
    # The command that fills in an empty hash pins the revision too: one warning is enough.
    if source.pinned || pin.empty then
      pin.warned
    else
      lib.warn "${where}: ${source.repo} is not pinned: `rev = ${builtins.toJSON source.rev}` moves, and `hash` then no longer matches. To pin it, run:\n  ${command}";
in
warned (
  raw
  // {
    inherit (source)
      repo
      repoType
      rev
      hfCacheName
      ;
  }
)
