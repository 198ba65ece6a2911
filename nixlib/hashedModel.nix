# The snapshot of a model that one hash pins.
#
#   hashedModel : Context -> { where; args : Definition; network; tokenEnvVar; } -> {
#     source; raw : Derivation; downloads : [Derivation]; commit : String; ref : String | null;
#     known = [ ]; paths : [String]; content : String; manifest : { source, locked }; }
#
#   hashedModel context { args = { source.huggingface.repo = "gpt2"; hash = "sha256-…"; }; … }
#   => { raw = «derivation /nix/store/…-hf+gpt2+main.drv»; … }
let
  knownArguments = import ./knownArguments.nix;
  present = import ./present.nix;
  fail = import ./fail.nix;
  inherit (builtins) filter match substring;
in
context:
{
  where,
  args,
  network,
  tokenEnvVar,
}:
let
  fail' = fail where;

  next = "source.huggingface.repo = \"ORG/NAME\";";
  huggingface =
    (args.source or (fail' "`source` is missing" next)).huggingface
      or (fail' "`source.huggingface` is missing; the Hub is the one source" next);

  rev = huggingface.rev or null;
  revision = huggingface.revision or null;
  oneRev =
    if rev != null && revision != null && rev != revision then
      fail' "`source.huggingface` has `rev` and its alias `revision`, and they differ" "remove `revision`"
    else if rev == null then
      revision
    else
      rev;
  source = import ./source.nix {
    inherit where;
    prefix = "source.huggingface.";
  } (huggingface // { rev = oneRev; });

  pin = import ./pin.nix {
    inherit where args;
    inherit (context) warn;
    command = import ./prefetchCommand.nix source;
  };

  checked =
    knownArguments
      {
        inherit where;
        known = [ "huggingface" ];
        args = args.source or { };
        prefix = "source.";
      }
      (
        knownArguments {
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
            "quant"
            "mmproj"
            "endpoint"
          ];
          args = huggingface;
          prefix = "source.huggingface.";
        } source
      );
  raw = import ./snapshot.nix context {
    source = checked;
    inherit
      where
      pin
      network
      tokenEnvVar
      ;
  };
in
{
  source = checked;
  inherit raw;
  downloads = [ raw ];
  content = pin.sri;
  known = [ ];
  ref = huggingface.ref or null;
  # The files that the definition names; what a pattern or a word selects is not known here.
  paths = filter (path: match "[^*?[]*" path != null) checked.files;
  # Where nobody knows the commit, digits that change with the content, so that the view stays pure.
  commit = if checked.pinned then checked.rev else substring 0 40 pin.hex;
  manifest = {
    locked = null;
    source =
      present {
        inherit (checked)
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
        inherit (network) connections bandwidthLimit transport;
      }
      // {
        inherit (raw) name;
        outputHash = pin.sri;
      };
  };
}
