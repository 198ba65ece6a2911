# Which repository of the Hugging Face Hub a model is, for caches: the folder, the commit, and the
# branches and tags that lead to it.
#
#   hubIdentity : { where, prefix : String; source (source.nix); commit : String; ref : String | null; }
#     -> { repo, repoType, rev, ref, hfCacheName : String; refs : [String]; pinned, partial : Bool; }
#
#   hubIdentity { source = source { … } { repo = "gpt2"; }; commit = "607a…"; ref = "v1.0"; … }
#   => { repo = "gpt2"; hfCacheName = "models--gpt2"; refs = [ "main" "v1.0" ]; … }
let
  fail = import ./fail.nix;
  inherit (builtins)
    any
    filter
    isString
    match
    split
    toJSON
    ;

  # git, check-ref-format(1), as far as a ref becomes a path in the view.
  isRef =
    ref:
    isString ref
    && match "[^[:space:][:cntrl:]~^:?*\\[\\\\]+" ref != null
    && !any (part: part == "" || match "[.].*" part != null || match ".*[.]lock" part != null) (
      filter isString (split "/" ref)
    )
    && match ".*[.][.].*" ref == null;
in
{
  where,
  prefix,
  source,
  commit,
  ref,
}:
let
  # The branch or tag that the commit was taken from, by which a program asks for it. `main` always
  # is one.
  given =
    if ref == null then
      if source.pinned then "main" else source.rev
    else if isRef ref then
      ref
    else
      fail where "`${prefix}ref = ${toJSON ref}` is not the name of a branch or tag" "${prefix}ref = \"v1.0\";";
in
{
  inherit (source)
    repo
    repoType
    hfCacheName
    pinned
    ;
  rev = commit;
  ref = given;
  refs = [ "main" ] ++ (if given == "main" then [ ] else [ given ]);
  # Whether it is a selection of the repository's files.
  partial =
    source.files != [ ]
    || source.include != [ ]
    || source.exclude != [ ]
    || source.quant != null
    || source.mmproj != null;
}
