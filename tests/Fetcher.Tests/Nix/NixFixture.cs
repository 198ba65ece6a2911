using System.Diagnostics;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>Real Nix, an old and a current one, each with a separate store that is removed afterwards.</summary>
public sealed class NixFixture : IAsyncLifetime
{
    private const string Settings = """
        experimental-features = nix-command flakes
        substituters =
        build-users-group =
        sandbox = true
        sandbox-paths =
        """;

    private static readonly SemaphoreSlim Installed = new(1);

    /// <summary>A folder for the test's files. A current Nix refuses a store below /tmp.</summary>
    public string Folder { get; } =
        Directory
            .CreateDirectory(Path.Combine(Executable.Root, "artifacts", "nix-tests", Guid.NewGuid().ToString("N")[..8]))
            .FullName;

    /// <summary>nixlib's functions on the published executable, as a Nix expression.</summary>
    public static string Offline => $"import {Executable.Root}/tests/nix/offline.nix {{ }}";

    /// <summary>The environment of Nix and, without a daemon, of its builds.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The path on disk of a store path, in the store of that version.</summary>
    public string OnDisk(NixVersion version, string storePath) => Store(version) + storePath;

    public async ValueTask InitializeAsync()
    {
        await Installed.WaitAsync();
        try
        {
            var installed = await Executable.RunAsync(
                Path.Combine(Executable.Root, "tests/nix/newer-nix"),
                [],
                new Dictionary<string, string> { ["HOME"] = Folder }
            );
            installed.ExitCode.Should().Be(0, installed.Errors);
        }
        finally
        {
            Installed.Release();
        }

        Directory.CreateDirectory(Path.Combine(Folder, "etc"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "etc", "nix.conf"), Settings);
    }

    public async ValueTask DisposeAsync()
    {
        // Files in a store are read-only, even to their owner.
        foreach (
            var (program, arguments) in (ReadOnlySpan<(string, string[])>)
                [("chmod", ["-R", "u+w", Folder]), ("rm", ["-rf", Folder])]
        )
        {
            using var process = Process.Start(program, arguments);
            process.WaitForExit();
        }

        await ValueTask.CompletedTask;
    }

    /// <summary>Runs a Nix command: <c>nix-build</c>, <c>nix-instantiate</c>, <c>nix</c> …</summary>
    public Task<Outcome> RunAsync(NixVersion version, string command, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(Environment)
        {
            ["HOME"] = Folder,
            ["NIX_CONF_DIR"] = Path.Combine(Folder, "etc"),
        };
        string[] store = ["--store", Store(version)];
        return version == NixVersion.Old
            ? Executable.RunAsync(command, [.. arguments, .. store], environment, Folder)
            : Executable.RunAsync(
                Path.Combine(Executable.Root, "tests/nix/newer-nix"),
                [command, .. arguments, .. store],
                environment,
                Folder
            );
    }

    /// <summary>Evaluates an expression, which must succeed.</summary>
    public async Task<string> EvaluateAsync(NixVersion version, string expression, params string[] options)
    {
        var outcome = await RunAsync(
            version,
            "nix-instantiate",
            ["--eval", "--strict", "--json", "-E", expression, .. options]
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        return outcome.Output.Trim();
    }

    /// <summary>Builds an expression, in the sandbox or not.</summary>
    public Task<Outcome> BuildAsync(NixVersion version, string expression, bool sandbox = true) =>
        RunAsync(
            version,
            "nix-build",
            "--no-out-link",
            "--option",
            "sandbox",
            sandbox ? "true" : "false",
            "-E",
            expression
        );

    /// <summary>Starts a build with the old Nix, for a test that kills it.</summary>
    public Process StartBuild(string expression, string endpoint)
    {
        var environment = EnvironmentOf(NixVersion.Old);
        environment["HF_ENDPOINT"] = endpoint;
        return Executable.Start(
            "nix-build",
            ["--no-out-link", "-E", expression, "--store", Store(NixVersion.Old)],
            environment,
            Folder
        );
    }

    /// <summary>The environment in which a program finds this version's commands and store.</summary>
    public Dictionary<string, string> EnvironmentOf(NixVersion version)
    {
        var path = System.Environment.GetEnvironmentVariable("PATH")!;
        if (version == NixVersion.Current)
        {
            var commands = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
            foreach (var name in (string[])["nix", "nix-store", "nix-daemon"])
            {
                var link = Path.Combine(commands, name);
                if (!File.Exists(link))
                    File.CreateSymbolicLink(link, Path.Combine(Executable.Root, "tests/nix/newer-nix"));
            }

            path = $"{commands}:{path}";
        }

        return new(Environment)
        {
            ["PATH"] = path,
            ["HOME"] = Folder,
            ["NIX_CONF_DIR"] = Path.Combine(Folder, "etc"),
            ["NIX_REMOTE"] = Store(version),
        };
    }

    private string Store(NixVersion version) => Path.Combine(Folder, version.ToString());
}
