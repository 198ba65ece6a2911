# Packages by name. `buildDotnetModule` gives the executable that `dotnet publish` made; the others
# are empty.
{ system }:
let
  lib = import ./lib.nix;
  isDarwin = builtins.match ".*-darwin" system != null;
  fetcher = import ./fetcher.nix ./runtime;

  # The folder that has `bin`, and nothing but that.
  published = builtins.path {
    name = "published";
    path = ./.;
    filter =
      path: _: builtins.match ".*/bin(/(nix-ai-models|nix-prefetch-hf|libsodium[.]so))?" path != null;
  };

  # A link farm is a derivation that every Nix can build by itself, without a shell.
  linkTo =
    name: path:
    derivation {
      inherit name system;
      builder = "builtin:buildenv";
      manifest = builtins.toFile "manifest" "";
      derivations = [
        "true"
        5
        1
        path
      ];
    };

  empty =
    name:
    linkTo name (
      builtins.path {
        inherit name;
        path = ./.;
        filter = _: _: false;
      }
    );

  pkgs =
    lib.genAttrs [
      "apple-sdk"
      "autoPatchelfHook"
      "brotli"
      "coreutils"
      "installShellFiles"
      "nix"
      "nixfmt-tree"
      "nodejs"
      "openssl"
      "python3"
      "systemd"
      "zlib"
    ] empty
    // {
      inherit lib;
      cacert = linkTo "cacert" (
        builtins.path {
          name = "certificates";
          path = ./cacert;
        }
      );
      darwin = lib.genAttrs [ "ICU" "autoSignDarwinBinariesHook" ] empty;
      swiftPackages = {
        swift = empty "swift";
        stdenv.cc = empty "swift-cc";
      };
      stdenv = {
        buildPlatform.canExecute = _: true;
        cc = empty "cc" // {
          cc = empty "cc";
        };
        hostPlatform = {
          inherit system isDarwin;
          isLinux = !isDarwin;
          extensions.sharedLibrary = if isDarwin then ".dylib" else ".so";
        };
      };
      dotnetCorePackages = {
        sdk_10_0 = empty "sdk";
        systemToDotnetRid = _: "rid";
      };
      mkShell =
        { packages, ... }: builtins.deepSeq (map (package: package.drvPath) packages) (empty "shell");
      writeText =
        name: text: linkTo name (builtins.toFile name (builtins.unsafeDiscardStringContext text));

      # nixpkgs hands a file's function what it names.
      callPackage =
        file: overrides:
        let
          make = import file;
        in
        make (builtins.intersectAttrs (builtins.functionArgs make) pkgs // overrides);

      buildDotnetModule =
        args:
        builtins.deepSeq (map (package: package.drvPath) (
          args.nativeBuildInputs ++ args.buildInputs ++ args.runtimeDependencies
        )) linkTo "${args.pname}-${args.version}" published
        // {
          inherit (args) installPhase;
          inherit (fetcher) command;
          inherit (args) version meta;
        };
    };
in
pkgs
