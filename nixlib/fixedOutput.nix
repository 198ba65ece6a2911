# A fixed-output derivation that the executable builds: no shell, no stdenv. Its output path depends
# on name, hash and mode alone, so that nix-prefetch-hf can put the same files at the same path.
#
#   fixedOutput : Context -> { name; mode : "recursive" | "flat"; sri; source; network; attrs ? { };
#     variables ? [String]; } -> Derivation
#     source      a repository of the Hub (source.nix); null where the files come from elsewhere: the
#                 build then sees no token of the Hub
#     variables   names of environment variables that the build may see, besides the usual ones
#
#   fixedOutput context { name = "hf+gpt2+main"; mode = "recursive"; sri = "sha256-…="; … }
#   => «derivation /nix/store/…-hf+gpt2+main.drv»
let
  present = import ./present.nix;

  # Environment variables that a build may see (on a multi-user Nix: the daemon's). An unset one is
  # empty.
  impureEnvVars = [
    "http_proxy"
    "https_proxy"
    "ftp_proxy"
    "all_proxy"
    "no_proxy"
    "HTTP_PROXY"
    "HTTPS_PROXY"
    "FTP_PROXY"
    "ALL_PROXY"
    "NO_PROXY"
    "NIX_SSL_CERT_FILE"
  ];
  ofTheHub = [
    "HF_TOKEN"
    "HUGGING_FACE_HUB_TOKEN"
    "HF_TOKEN_PATH"
    "HF_ENDPOINT"
  ];
in
{
  fetcher,
  system,
  caBundle,
  ...
}:
{
  name,
  mode,
  sri,
  source,
  network,
  attrs ? { },
  variables ? [ ],
}:
derivation (
  (if source == null then { } else import ./sourceAttributes.nix source)
  // present {
    inherit (network) connections bandwidthLimit transport;
    caBundle = if caBundle == null then null else "${caBundle}";
  }
  // attrs
  // import ./builder.nix fetcher "fetch"
  // {
    inherit name system;
    __structuredAttrs = true;
    outputHashMode = mode;
    outputHashAlgo = "sha256";
    outputHash = sri;
    impureEnvVars =
      impureEnvVars ++ (if source == null then [ ] else ofTheHub) ++ [ "NETRC" ] ++ variables;
    # A model's README may quote a store path, which is text and not a dependency.
    unsafeDiscardReferences.out = true;
    preferLocalBuild = true;
  }
)
