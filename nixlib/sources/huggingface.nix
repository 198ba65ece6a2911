# `source.huggingface`: a repository of the Hugging Face Hub, whose selected files one hash pins.
#
#   huggingface : Context -> Given -> Origin   (../sources.nix)
#
#   huggingface context { given.repo = "gpt2"; args.hash = "sha256-…"; … }
#   => { raw = «derivation /nix/store/…-hf+gpt2+main.drv»; … }
let
  knownArguments = import ../knownArguments.nix;
  present = import ../present.nix;
  fail = import ../fail.nix;
  inherit (builtins)
    filter
    match
    substring
    toJSON
    ;
in
context:
{
  where,
  prefix,
  given,
  args,
  network,
  tokenEnvVar,
  ...
}:
let
  fail' = fail where;

  rev = given.rev or null;
  revision = given.revision or null;
  oneRev =
    if rev != null && revision != null && rev != revision then
      fail' "`source.huggingface` has `rev` and its alias `revision`, and they differ" "remove `revision`"
    else if rev == null then
      revision
    else
      rev;
  source = import ../source.nix {
    inherit where prefix;
  } (given // { rev = oneRev; });

  command = import ../prefetchCommand.nix source;
  pin = import ../pin.nix {
    inherit where args;
    inherit (context) warn;
    inherit command;
  };

  checked = knownArguments {
    inherit where prefix;
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
    args = given;
  } source;
  raw = import ../snapshot.nix context {
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
  inherit raw;
  downloads = [ raw ];
  content = pin.sri;
  known = [ ];
  # The files that the definition names; what a pattern or a word selects is not known here.
  paths = filter (path: match "[^*?[]*" path != null) checked.files;
  selection = checked;
  select = path: "${prefix}files = [ ${toJSON path} … ];";
  listing = command;
  hub = import ../hubIdentity.nix {
    inherit where prefix;
    source = checked;
    # Where nobody knows the commit, digits that change with the content, so that the view stays pure.
    commit = if checked.pinned then checked.rev else substring 0 40 pin.hex;
    ref = given.ref or null;
  };
  definition.hash = pin.sri;
  manifest = {
    locked = null;
    source =
      import ../sourceAttributes.nix checked
      // present { inherit (network) connections bandwidthLimit transport; }
      // {
        inherit (raw) name;
        outputHash = pin.sri;
      };
  };
}
