# The published executable as a package for nixlib where there is no nixpkgs. In the sandbox there is no /lib64: the loader and
# the libraries come along, and the loader is the program that starts.
#
#   fetcher : { bin : Path; runtime : Path; } -> { command : [String]; programs : StorePath; }
#
# bin       what `dotnet publish` made, under its two names, and libsodium.so
# runtime   the loader and the libraries that `ldd` names
{ bin, runtime }:
let
  inherit (builtins)
    attrNames
    filter
    head
    match
    pathExists
    readDir
    ;

  programs = builtins.path {
    name = "nix-ai-models-bin";
    path = bin;
    # Debug symbols are large, and no build needs them.
    filter = path: _: match ".*[.]dbg" path == null;
  };
  libraries = builtins.path {
    name = "nix-ai-models-runtime";
    path = runtime;
  };
  loader = head (filter (name: match "ld-linux-.*[.]so[.][0-9]+" name != null) (attrNames (readDir runtime)));
in
if !pathExists (bin + "/nix-ai-models") || !pathExists runtime then
  throw "${toString bin}/nix-ai-models or ${toString runtime} is missing. Run: make build"
else
  {
    command = [
      "${libraries}/${loader}"
      "--library-path"
      "${libraries}:${programs}"
      "${programs}/nix-ai-models"
    ];
    inherit programs;
  }
