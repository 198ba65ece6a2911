# Stands in for nixpkgs' packages: names without contents, except for what the modules' own work
# takes.
{
  lib,
  # The executable as nixlib takes it where there is no nixpkgs (tests/nix/fetcher.nix), or nothing
  # that runs.
  fetcher ? { },
}:
let
  system = builtins.currentSystem;
  empty =
    name:
    derivation {
      inherit name system;
      builder = "/bin/sh";
      args = [
        "-c"
        "/bin/mkdir $out"
      ];
    };
  nix-ai-models = empty "nix-ai-models" // fetcher;
in
{
  stdenv.hostPlatform = {
    inherit system;
    isLinux = true;
    isDarwin = false;
  };
  inherit nix-ai-models;
  callPackage = _: _: nix-ai-models;
  # With certificates, as nixpkgs': whoever names a bundle for a build needs one that can be read.
  cacert = derivation {
    name = "cacert";
    inherit system;
    builder = "/bin/sh";
    bundle = builtins.path {
      name = "ca-bundle.crt";
      path = /etc/ssl/certs/ca-certificates.crt;
    };
    args = [
      "-c"
      "/bin/mkdir -p $out/etc/ssl/certs && /bin/ln -s $bundle $out/etc/ssl/certs/ca-bundle.crt"
    ];
  };
  mkShell =
    attributes:
    derivation (
      removeAttrs attributes [
        "packages"
        "env"
      ]
      // attributes.env or { }
      // {
        name = "shell";
        inherit system;
        builder = "/bin/sh";
      }
    );
  writeText =
    name: text:
    derivation {
      inherit name system text;
      builder = "/bin/sh";
      args = [
        "-c"
        "printf %s \"$text\" >$out"
      ];
    };
}
// builtins.listToAttrs (
  map
    (name: {
      inherit name;
      value = empty name;
    })
    [
      "coreutils"
      "llama-cpp"
      "nix"
      "python3"
      "systemd"
      "vllm"
    ]
)
