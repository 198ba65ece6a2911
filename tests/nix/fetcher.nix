# The published executable as a package for nixlib where there is no nixpkgs. In the sandbox there
# is no /lib64: the loader and the libraries lie beside the executable, and the loader is the
# program that starts.
#
#   fetcher : Path -> { command : [String]; interpreter : String; }
#
#   fetcher ../../artifacts/runtime
#   => { command = [ "/nix/store/…-nix-ai-models/ld-linux-x86-64.so.2" "--library-path" … ]; }
folder:
let
  inherit (builtins)
    attrNames
    filter
    head
    match
    pathExists
    readDir
    ;
  files = "${builtins.path {
    name = "nix-ai-models";
    path = folder;
  }}";
  loader = head (
    filter (name: match "ld-linux-.*[.]so[.][0-9]+" name != null) (attrNames (readDir folder))
  );
in
if pathExists (folder + "/nix-ai-models") then
  {
    command = [
      "${files}/${loader}"
      "--library-path"
      files
      "${files}/nix-ai-models"
    ];
    # Of a wrapped program, which runs where the system has a loader.
    interpreter = "${files}/nix-ai-models";
  }
else
  throw "${toString folder}/nix-ai-models is missing. Run: make build"
