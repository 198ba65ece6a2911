using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Soak;

/// <summary>What a run ended with.</summary>
/// <param name="ExitCode">The program's.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
/// <param name="Hash">The NAR hash that it printed or built, in hexadecimal, or <see langword="null"/>.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record SoakOutcome(int ExitCode, string Output, string Errors, string? Hash, TimeSpan Elapsed);

/// <summary>Runs the program of a case as a user would, as often as asked, with what earlier runs left.</summary>
internal sealed class SoakRun(
    NixFixture nix,
    TestHubFixture hub,
    SoakCase soak,
    string home,
    string token,
    string expected
)
{
    /// <summary>Runs it, and ends it with the case's signal after a time.</summary>
    public async Task<SoakOutcome> StartAsync(TimeSpan? killAfter, TimeSpan longest, bool roomy = false)
    {
        var started = Stopwatch.StartNew();
        var (program, arguments) = Command(roomy);
        using var process = Executable.Start(program, arguments, EnvironmentOfRun(), home);
        using var ended = new CancellationTokenSource(longest + TimeSpan.FromSeconds(1));
        var finished = Executable.FinishAsync(process);
        if (killAfter is { } after && await Task.WhenAny(finished, Task.Delay(after)) != finished)
            await Executable.RunAsync("sh", ["-c", $"kill -{soak.KillSignal} {process.Id} 2>/dev/null; true"]);
        if (await Task.WhenAny(finished, Task.Delay(longest, ended.Token)) != finished)
            process.Kill(entireProcessTree: true);
        var outcome = await finished;
        return new SoakOutcome(
            outcome.ExitCode,
            outcome.Output,
            outcome.Errors,
            outcome.ExitCode == 0 ? await HashAsync(outcome.Output) : null,
            started.Elapsed
        );
    }

    private (string Program, string[] Arguments) Command(bool roomy)
    {
        string[] prefetch =
        [
            soak.Repository,
            "--format",
            "sri",
            "--connections",
            soak.Connections.ToString(CultureInfo.InvariantCulture),
        ];
        return soak.Way switch
        {
            SoakWay.NoStore => (Executable.Prefetch, [.. prefetch, "--no-store"]),
            SoakWay.Store => (Executable.Prefetch, prefetch),
            SoakWay.Stream => (Executable.Prefetch, [.. prefetch, "--stream"]),
            SoakWay.Lock => (
                Executable.Prefetch,
                ["lock", "add", soak.Repository, "--lock-file", Path.Combine(home, "lock.json")]
            ),
            SoakWay.FullDisk when roomy => (Executable.Prefetch, [.. prefetch, "--no-store"]),
            SoakWay.FullDisk => (
                "unshare",
                ["-m", "sh", "-c", OnSmallDisk, "sh", Executable.Prefetch, .. prefetch, "--no-store"]
            ),
            SoakWay.BuildOld => ("nix-build", ["--no-out-link", "-E", Expression]),
            _ => (
                Path.Combine(Executable.Root, "tests/nix/newer-nix"),
                ["nix-build", "--no-out-link", "-E", Expression]
            ),
        };
    }

    private NixVersion Version => soak.Way == SoakWay.BuildCurrent ? NixVersion.Current : NixVersion.Old;

    /// <summary>Half of the repository's size in memory.</summary>
    private string OnSmallDisk =>
        "mkdir -p \"$XDG_CACHE_HOME\" && mount -t tmpfs "
        + $"-o size={Math.Max(4096, soak.Files.Sum(file => (long)file.Size) / 2)} none \"$XDG_CACHE_HOME\" "
        + "&& exec \"$@\"";

    private string Expression =>
        $"with {NixFixture.Offline}; "
        + $$"""fetchHuggingFace { repo = "{{soak.Repository}}"; hash = "sha256:{{expected}}"; }""";

    private Dictionary<string, string> EnvironmentOfRun()
    {
        var environment = nix.EnvironmentOf(Version);
        environment["HOME"] = home;
        environment["XDG_CACHE_HOME"] = Path.Combine(home, "cache");
        environment["HF_ENDPOINT"] = hub.Endpoint;
        environment["HF_TOKEN"] = token;
        return environment;
    }

    private async Task<string?> HashAsync(string output)
    {
        switch (soak.Way)
        {
            case SoakWay.BuildOld or SoakWay.BuildCurrent:
                var built = await Executable.RunAsync(
                    "nix-hash",
                    ["--type", "sha256", nix.OnDisk(Version, output.Trim())]
                );
                return built.Output.Trim();
            case SoakWay.Lock:
                return LockIsRight() ? expected : "other sha256 or hash in the lock file";
            default:
                return NixHash.Parse(output.Trim()).Hex;
        }
    }

    /// <summary>Whether each LFS file is pinned by its sha256. The regular files' hash is a NAR's of those alone, which
    /// a build checks elsewhere.</summary>
    private bool LockIsRight()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(home, "lock.json")));
        var text = json.RootElement.GetRawText();
        return soak
            .Files.Where(file => file.IsLfs)
            .All(file =>
                text.Contains(
                    Convert.ToHexStringLower(
                        System.Security.Cryptography.SHA256.HashData(
                            File.ReadAllBytes(Path.Combine(hub.Repository(soak.Repository).Folder, file.Path))
                        )
                    ),
                    StringComparison.Ordinal
                )
            );
    }
}
