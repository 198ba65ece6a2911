# The answers of NixOS' own module system and of Home Manager's, where they are at hand.
#
#   systems   a folder with nixpkgs/{lib,nixos}, home-manager/, and eval/{nixos,home-manager}.nix, which
#             evaluate with them; modules/ may have modules of NixOS that its nixpkgs lacks
{ systems }:
let
  answers = import ./answers.nix;
  cases = import ./cases.nix;
  empty =
    name:
    derivation {
      inherit name;
      system = "x86_64-linux";
      builder = "/bin/sh";
    };
  text =
    name: content:
    derivation {
      inherit name;
      text = content;
      system = "x86_64-linux";
      builder = "/bin/sh";
    }
    // {
      overrideAttrs = _: text name content;
    };
  extraPkgs = {
    nix-ai-models = empty "nix-ai-models" // {
      meta = { };
    };
    cacert = empty "cacert";
    coreutils = empty "coreutils";
    llama-cpp = empty "llama-cpp";
    nix = empty "nix";
    ollama = empty "ollama" // {
      override = _: empty "ollama";
    };
    open-webui = empty "open-webui";
    piper-tts = empty "piper-tts";
    python3 = empty "python3";
    tabby = empty "tabby" // {
      override = _: empty "tabby" // {
        featureDevice = "cpu";
      };
    };
    vllm = empty "vllm";
    wyoming-faster-whisper = empty "wyoming-faster-whisper";
    wyoming-piper = empty "wyoming-piper";
    # eval/nixos.nix writes files with builtins.toFile, which may not mention a derivation.
    formats = builtins.listToAttrs (
      map
        (name: {
          inherit name;
          value = _: {
            type = (import (systems + "/nixpkgs/lib")).types.anything;
            generate = file: value: text file (builtins.toJSON value);
            lib.mkRaw = raw: raw;
          };
        })
        [
          "elixirConf"
          "gitIni"
          "ini"
          "iniWithGlobalSection"
          "json"
          "keyValue"
          "libconfig"
          "nixConf"
          "php"
          "pythonVars"
          "systemd"
          "toml"
          "yaml"
        ]
    );
    writeText = text;
    writeScript = text;
    writeShellScriptBin = text;
  };
  nix-ai-models = import ./flake.nix (extraPkgs // { stdenv.hostPlatform.system = "x86_64-linux"; });

  newer = systems + "/modules";
  newerModules =
    if builtins.pathExists newer then
      map (name: newer + "/${name}") (builtins.attrNames (builtins.readDir newer))
    else
      [ ];

  nixos =
    file:
    import (systems + "/eval/nixos.nix") {
      inherit extraPkgs;
      nixpkgs = systems + "/nixpkgs";
      specialArgs = { inherit nix-ai-models; };
      modules = [
        # No kernel: the stand-in for pkgs has none.
        {
          boot.isContainer = true;
          networking.firewall.enable = false;
        }
        ../../../modules/nixos.nix
        file
      ]
      ++ newerModules;
    };
  # Home Manager's evaluation takes no arguments for `imports`: a file gets ours directly.
  handed =
    file:
    let
      module = if builtins.isPath file then import file else file;
    in
    if builtins.isFunction module then
      {
        __functor = _: arguments: module (arguments // { inherit nix-ai-models; });
        __functionArgs = removeAttrs (builtins.functionArgs module) [ "nix-ai-models" ];
      }
    else
      module;
  home = homeOn { };
  homeOn =
    extra: file:
    import (systems + "/eval/home-manager.nix") {
      extraPkgs = extraPkgs // extra;
      nixpkgs = systems + "/nixpkgs";
      homeManager = systems + "/home-manager";
      modules = [
        ../../../modules/home-manager.nix
        (handed file)
      ];
    };
  declarations = import ./reference.nix {
    nixos = (nixos { }).options.services.ai-models;
    homeManager = (home { }).options.programs.ai-models;
  };
  # Our module's assertions only: some of NixOS' own need real packages.
  ofNixos =
    {
      config,
      pkgs,
      lib,
      ...
    }:
    let
      ours = (import ../../../modules/nixos.nix { inherit config pkgs lib; }).config;
      enabled = builtins.head ours.contents;
      of = option: if enabled.condition then enabled.content.${option} else [ ];
    in
    {
      inherit config;
      assertions = of "assertions";
      warnings = of "warnings";
    };
  ofHome =
    { config, ... }:
    {
      inherit config;
      inherit (config) assertions warnings;
    };
in
{
  nixos = builtins.mapAttrs (_: file: answers.nixos (ofNixos (nixos file))) cases.nixos;
  homeManager = builtins.mapAttrs (
    _: file: answers.homeManager (ofHome (home file))
  ) cases.homeManager;
  darwin = builtins.mapAttrs (
    _: file:
    answers.darwin (
      ofHome (
        homeOn
          {
            stdenv.hostPlatform = (import (systems + "/nixpkgs/lib")).systems.elaborate "aarch64-darwin";
          }
          {
            imports = [ (handed file) ];
            home.homeDirectory = (import (systems + "/nixpkgs/lib")).mkForce "/Users/u";
          }
      )
    )
  ) cases.darwin;
  services = builtins.mapAttrs (_: file: answers.services file (nixos file)) cases.services;
  reference = declarations;
}
