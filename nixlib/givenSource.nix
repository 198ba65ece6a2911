# The model that a definition's `source` describes.
#
#   givenSource : Context -> { where; name; args : Definition; network; tokenEnvVar; } -> Origin
#     Origin   sources.nix
#
#   givenSource context { args = { source.huggingface.repo = "gpt2"; hash = "sha256-…"; }; … }
#   => { raw = «derivation /nix/store/…-hf+gpt2+main.drv»; … }
let
  knownArguments = import ./knownArguments.nix;
  fail = import ./fail.nix;
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    head
    isAttrs
    length
    tail
    ;
in
context:
{
  where,
  name,
  args,
  network,
  tokenEnvVar,
}:
let
  fail' = fail where;
  next = "source.huggingface.repo = \"ORG/NAME\";";
  source = args.source or (fail' "`source` is missing" next);
  # Null stands for a source that is not given, as the modules have it.
  names = filter (word: source.${word} != null) (attrNames source);
  word = head names;
  prefix = "source.${word}.";
in
knownArguments
  {
    inherit where;
    known = attrNames context.sources;
    args = source;
    prefix = "source.";
  }
  (
    if names == [ ] then
      fail' "`source` names no source (${concatStringsSep ", " (attrNames context.sources)})" next
    else if length names > 1 then
      fail' "`source` has both `${word}` and `${head (tail names)}`" "keep one of the two"
    else if !isAttrs source.${word} then
      fail' "`source.${word}` must be a set" "source.${word} = { … };"
    else
      context.sources.${word} context {
        inherit
          where
          prefix
          args
          network
          tokenEnvVar
          ;
        given = source.${word};
        pinnedFiles = import ./pinnedFiles.nix context {
          inherit where name network;
          source = word;
        };
      }
  )
