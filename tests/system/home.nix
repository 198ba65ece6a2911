# A generation of a home on the machine. Its `activate` does what Home Manager's does around the
# entries of `home.activation` (modules/home-environment.nix, files.nix): the profile, a file of the
# generation in the home in place of the former one's, the entries, and at last the root by which the
# next generation knows this one.
#
#   nix-build tests/system/home.nix --arg modules '[ { programs.ai-models.enable = true; } ]' --argstr file notes
{ modules, file }:
let
  pkgs = import ./pkgs.nix;
  inherit (pkgs) lib;
  inherit
    (import ../nix/module-system/home-manager.nix {
      inherit modules lib;
      pkgs = pkgs // {
        stdenv.hostPlatform = {
          system = builtins.currentSystem;
          isLinux = true;
          isDarwin = false;
        };
      };
      home = "/home/me";
    })
    config
    ;
  failed = builtins.filter (each: !each.assertion) config.assertions;
  activate = ''
    set -eu -o pipefail
    cd "$HOME"
    errorEcho() { echo "$*"; }
    run() { if [[ -v DRY_RUN ]]; then echo "$@"; else "$@"; fi; }
    new=$(dirname "$(readlink -f "$0")")
    state=$HOME/.local/state/home-manager/gcroots
    mkdir -p "$state"
    trap 'rm -f "$state/new-home"' EXIT
    nix-store --realise "$new" --add-root "$state/new-home" >/dev/null
    nix-env --profile "$HOME/.local/state/home-manager/profile" --set "$new"
    if [[ -e $state/current-home ]]; then
      rm -f "$(cat "$state/current-home/file")"
    fi
    touch "$(cat "$new/file")"
    ${config.home.activation.aiModels.data}
    nix-store --realise "$new" --add-root "$state/current-home" >/dev/null
  '';
in
if failed != [ ] then
  throw (builtins.concatStringsSep "\n" (map (each: each.message) failed))
else
  pkgs.made "home-manager-generation" ''
    /bin/mkdir $out
    printf %s ${lib.escapeShellArg activate} >$out/activate
    printf %s ${lib.escapeShellArg file} >$out/file
  ''
