# The stand-in for nixpkgs (tests/nix/module-system/pkgs.nix) with what the machine really runs.
let
  lib = import ../nix/module-system/lib.nix;
  fetcher = import ../nix/fetcher.nix ../../artifacts/runtime;
  runtime = builtins.elemAt fetcher.command 2;
  standIn = import ../nix/module-system/pkgs.nix { inherit lib fetcher; };
  made =
    name: script:
    derivation {
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [
        "-euc"
        script
      ];
    };
  # The machine's own programs.
  installed = name: made name "/bin/mkdir $out; /bin/ln -s /usr/bin $out/bin";
  # The executable as it is, and as a builder of the sandbox starts it.
  package =
    name:
    let
      program = made name ''
        /bin/mkdir -p $out/bin
        /bin/cp -r ${runtime}/. $out/lib
        /bin/ln -s ../lib/nix-ai-models $out/bin/nix-ai-models
      '';
    in
    program
    // {
      command = map (builtins.replaceStrings [ runtime ] [ "${program}/lib" ]) fetcher.command;
    };
in
standIn
// {
  inherit lib made;
  nix = installed "nix";
  systemd = installed "systemd";
  coreutils = installed "coreutils";
  nix-ai-models = package "nix-ai-models";
  # Another version.
  nix-ai-models-next = package "nix-ai-models-next";
}
