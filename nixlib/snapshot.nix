# `raw`: the files of a repository at a revision, at their paths in it, and nothing else.
#
#   snapshot : Context -> { where; source; pin; network; name ? null; tokenEnvVar ? null; attrs ? { }; }
#     -> Derivation
#
#   snapshot context { where = "fetchHuggingFace"; source = …; pin = …; network = …; }
#   => «derivation /nix/store/…-hf+prajjwal1+bert-tiny+6f75de8b….drv»
let
  derivationName = import ./derivationName.nix;
  fixedOutput = import ./fixedOutput.nix;
  prefetchCommand = import ./prefetchCommand.nix;
  present = import ./present.nix;
  storeName = import ./storeName.nix;
  inherit (builtins) toJSON;
in
context:
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
  raw = fixedOutput context {
    name = if name == null then derivationName.snapshot source else storeName where name;
    mode = "recursive";
    inherit (pin) sri;
    inherit source network;
    attrs = attrs // present { inherit tokenEnvVar; };
    variables = if tokenEnvVar == null then [ ] else [ tokenEnvVar ];
  };
  unpinned =
    "${where}: ${source.repo} is not pinned: when `rev = ${toJSON source.rev}` moves, `hash` no longer matches"
    + "\nnext: ${prefetchCommand source}";
  # The command that fills in an empty hash pins the revision too: one warning is enough.
  warned = if source.pinned || pin.empty then pin.warned else context.warn unpinned;
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
