# The snapshot of a model that one hash pins.
#
#   hashedModel : { fetcher, system, caBundle, warn } -> { where; args : Definition; network; tokenEnvVar; }
#     -> { source; raw : Derivation; downloads : [Derivation]; commit : String; ref : String | null; hash : String; known = [ ]; }
#
#   hashedModel lib { where = "…"; args = { source.huggingface.repo = "gpt2"; hash = "sha256-…"; }; … }
#   => { raw = «derivation /nix/store/…-hf+gpt2+main.drv»; … }
let
  knownArguments = import ./knownArguments.nix;
  fail = import ./fail.nix;
  inherit (builtins) substring toJSON;
in
lib:
{
  where,
  args,
  network,
  tokenEnvVar,
}:
let
  fail' = fail where;

  huggingface =
    (args.source or (fail' "`source` is missing. Add: source.huggingface.repo = \"ORG/NAME\";")).huggingface
      or (fail' "`source.huggingface` is missing: the Hub is the one source. Add: source.huggingface.repo = \"ORG/NAME\";");

  rev = huggingface.rev or null;
  revision = huggingface.revision or null;
  source =
    import ./source.nix
      {
        inherit where;
        prefix = "source.huggingface.";
      }
      (
        huggingface
        // {
          rev =
            if rev != null && revision != null && rev != revision then
              fail' "`source.huggingface.rev` and its alias `revision` say two things: ${toJSON rev} and ${toJSON revision}. Keep one."
            else if rev == null then
              revision
            else
              rev;
        }
      );

  pin = import ./pin.nix {
    inherit where args;
    inherit (lib) warn;
    command = import ./prefetchCommand.nix source;
  };

  checked = knownArguments {
    inherit where;
    known = [ "huggingface" ];
    args = args.source or { };
    prefix = "source.";
  } (knownArguments {
    inherit where;
    known = [
      "repo"
      "rev"
      "revision"
      "ref"
      "repoType"
      "files"
      "include"
      "exclude"
      "endpoint"
    ];
    args = huggingface;
    prefix = "source.huggingface.";
  } source);
in
rec {
  source = checked;
  downloads = [ raw ];
  hash = pin.sri;
  ref = huggingface.ref or null;
  known = [ ];
  # The commit, or where nobody knows it something that changes with the content, so that the view stays pure.
  commit = if checked.pinned then checked.rev else substring 0 40 pin.hex;
  raw = import ./snapshot.nix lib {
    source = checked;
    inherit
      where
      pin
      network
      tokenEnvVar
      ;
  };
}
