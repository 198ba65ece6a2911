using System.Diagnostics;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>A copy of the flake, and the stand-in for nixpkgs with the published executable.</summary>
public sealed class FlakeFixture : IAsyncLifetime
{
    // Everything that flake.nix refers to: artifacts/ is large, and outside a git checkout Nix copies the whole
    // folder.
    private static readonly string[] Sources =
    [
        "flake.nix",
        "flake.lock",
        "default.nix",
        "nixlib",
        "modules",
        "fetcher",
        "examples",
        "Directory.Build.props",
        "Directory.Packages.props",
        "global.json",
        ".editorconfig",
    ];

    /// <summary>Runs Nix.</summary>
    public NixFixture Nix { get; } = new();

    /// <summary>A copy of the flake.</summary>
    public string Flake => Path.Combine(Nix.Folder, "flake");

    /// <summary>The stand-in for nixpkgs.</summary>
    public string Nixpkgs => Path.Combine(Nix.Folder, "nixpkgs");

    public async ValueTask InitializeAsync()
    {
        await Nix.InitializeAsync();
        Directory.CreateDirectory(Flake);
        Directory.CreateDirectory(Nixpkgs);
        var root = Executable.Root;
        Copy([.. Sources.Select(name => Path.Combine(root, name)), Flake]);
        Directory.CreateDirectory(Path.Combine(Flake, "tests"));
        Copy([Path.Combine(root, "tests/nix"), Path.Combine(Flake, "tests")]);
        Copy([
            .. Directory.GetFiles(Path.Combine(root, "tests/nix/stand-in-nixpkgs")),
            Path.Combine(root, "tests/nix/fetcher.nix"),
            Path.Combine(root, "tests/nix/module-system"),
            Path.Combine(root, "artifacts/bin"),
            Path.Combine(root, "artifacts/runtime"),
            Nixpkgs,
        ]);
        var certificates = Directory.CreateDirectory(Path.Combine(Nixpkgs, "cacert/etc/ssl/certs")).FullName;
        File.Copy("/etc/ssl/certs/ca-certificates.crt", Path.Combine(certificates, "ca-bundle.crt"));
    }

    public ValueTask DisposeAsync() => Nix.DisposeAsync();

    /// <summary>Runs <c>nix VERB FLAKE…</c> with the stand-in in place of nixpkgs.</summary>
    public Task<Outcome> RunAsync(NixVersion version, string[] verb, params string[] arguments) =>
        Nix.RunAsync(
            version,
            "nix",
            [.. verb, .. arguments, "--no-write-lock-file", "--override-input", "nixpkgs", $"path:{Nixpkgs}"]
        );

    private static void Copy(string[] paths)
    {
        using var process = Process.Start("cp", ["-a", .. paths]);
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }
}
