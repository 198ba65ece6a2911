# The executable, as nixpkgs builds .NET programs. It is the builder of derivations, so it starts
# without a wrapper: the wrapper's shell would be one more program between Nix and the download, and
# every model's build would need it.
{
  lib,
  stdenv,
  buildDotnetModule,
  dotnetCorePackages,
  autoPatchelfHook,
  installShellFiles,
  brotli,
  openssl,
  zlib,
  # macOS only
  apple-sdk ? null,
  darwin ? null,
  swiftPackages ? null,
}:
let
  inherit (stdenv.hostPlatform) isDarwin isLinux;
  library = "libsodium${stdenv.hostPlatform.extensions.sharedLibrary}";
in
buildDotnetModule {
  pname = "nix-ai-models";
  version = "0.1.0";

  # The sources of the executable alone, so that a change elsewhere does not rebuild it.
  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      (lib.fileset.difference ../fetcher (
        lib.fileset.unions [
          ./package.nix
          ./deps.json
          (lib.fileset.maybeMissing ./bin)
          (lib.fileset.maybeMissing ./obj)
        ]
      ))
      ../.editorconfig
      ../Directory.Build.props
      ../Directory.Packages.props
      ../global.json
    ];
  };

  projectFile = "fetcher/NixAiModels.csproj";
  nugetDeps = ./deps.json;
  dotnet-sdk =
    dotnetCorePackages.sdk_10_0 or (throw ''
      nix-ai-models: this nixpkgs has no .NET SDK 10 (dotnetCorePackages.sdk_10_0)
      next: use nixpkgs 25.11 or later, or the flake's own package: without inputs.nixpkgs.follows'');
  dotnet-runtime = null;
  selfContainedBuild = true;

  nativeBuildInputs = [
    installShellFiles
  ]
  ++ lib.optionals isLinux [
    stdenv.cc # links what the ahead-of-time compiler makes
    autoPatchelfHook # the loader of libsodium.so, which comes from NuGet
  ]
  # As nixpkgs' SDK tests itself (the `aot` test of its wrapper.nix): .NET's cryptography is Swift.
  ++ lib.optionals isDarwin [
    swiftPackages.stdenv.cc
    swiftPackages.swift
    darwin.autoSignDarwinBinariesHook # ARM runs nothing that is not signed
  ];
  # nixpkgs' compiler brings its runtime without these two; Microsoft's has them inside.
  buildInputs = [
    brotli
    zlib
  ]
  ++ lib.optional isLinux (lib.getLib stdenv.cc.cc)
  ++ lib.optionals isDarwin [
    apple-sdk
    darwin.ICU
  ];
  # .NET opens OpenSSL by name while it runs: nothing but this tells of it. macOS has its own.
  runtimeDependencies = lib.optional isLinux (lib.getLib openssl);

  # One publish in place of nixpkgs' build and then publish --no-build, which loses resources
  # (dotnet/msbuild#12712). A warning that another SDK has is not an error here.
  buildPhase = ''
    runHook preBuild
    dotnet publish fetcher/NixAiModels.csproj \
      --no-restore --configuration Release --self-contained \
      --runtime ${dotnetCorePackages.systemToDotnetRid stdenv.hostPlatform.system} \
      -p:ContinuousIntegrationBuild=true -p:Deterministic=true \
      -p:TreatWarningsAsErrors=false \
      --output published
    runHook postBuild
  '';

  # libsodium is looked for beside the executable, which is found through these links.
  installPhase = ''
    runHook preInstall
    install -D -t $out/lib/nix-ai-models published/nix-ai-models published/${library}
    mkdir -p $out/bin
    ln -s ../lib/nix-ai-models/nix-ai-models $out/bin/nix-ai-models
    ln -s ../lib/nix-ai-models/nix-ai-models $out/bin/nix-prefetch-hf
  ''
  + lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    ours=$out/bin/nix-ai-models
    # zsh's names both commands; bash and fish look for a file of each command's name.
    installShellCompletion --cmd nix-ai-models \
      --bash <($ours completion bash) --fish <($ours completion fish) --zsh <($ours completion zsh)
    installShellCompletion --cmd nix-prefetch-hf \
      --bash <($ours completion bash) --fish <($ours completion fish)
    for name in nix-ai-models nix-prefetch-hf; do $ours man $name >$name.1; done
    installManPage nix-ai-models.1 nix-prefetch-hf.1
  ''
  + ''
    runHook postInstall
  '';
  dontDotnetFixup = true; # no wrapper

  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    $out/bin/nix-ai-models --version
    $out/bin/nix-prefetch-hf --version
    runHook postInstallCheck
  '';

  meta = {
    description = "Hugging Face models as Nix derivations: fetched, verified, linked";
    license = lib.licenses.mit;
    mainProgram = "nix-ai-models";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
      "aarch64-darwin"
    ];
  };
}
