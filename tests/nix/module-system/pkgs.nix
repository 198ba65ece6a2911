# Stands in for nixpkgs' packages: names without contents, except for what the modules' own work takes.
{
  lib,
  # The executable as nixlib takes it where there is no nixpkgs (tests/nix/fetcher.nix), or nothing that runs.
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
  };
  inherit nix-ai-models;
  callPackage = _: _: nix-ai-models;
  mkShell = attributes: derivation (removeAttrs attributes [ "packages" ] // { name = "shell"; inherit system; builder = "/bin/sh"; });
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
  map (name: {
    inherit name;
    value = empty name;
  }) [
    "cacert"
    "coreutils"
    "nix"
    "python3"
    "systemd"
  ]
)
