using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Store;

/// <summary><c>nix-prefetch-hf</c> as people run it, into real stores.</summary>
public sealed partial class StraightIntoStoreTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("straight-").FullName;

    public static MatrixTheoryData<NixVersion, bool> Ways => new(Enum.GetValues<NixVersion>(), [true, false]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_snapshot_goes_into_the_store_without_a_copy_on_the_way_and_only_once(
        NixVersion version,
        bool socket
    )
    {
        var name = $"acme/straight-{version}-{socket}".ToLowerInvariant();
        var repository = hub.Repository(name)
            .File("config.json", "{}")
            .File("sub/a.txt", "a")
            .Lfs("model.safetensors", Bytes(30_000_000));
        var environment = Environment(version);
        await using var daemon = await RunningDaemon.StartAsync(nix, version);
        if (socket)
            environment["NIX_REMOTE"] = $"unix://{daemon.Socket}";
        var root = Path.Combine(_home, "root");

        var outcome = await PrefetchAsync(environment, name, "--stream", "--format", "json", "--add-root", root);

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var path = PathIn(outcome);
        (await NarHash.OfPathAsync(nix.OnDisk(version, path), Cancellation))
            .Should()
            .Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        (await nix.RunAsync(version, "nix-store", "--verify-path", path)).ExitCode.Should().Be(0);
        new FileInfo(root).LinkTarget.Should().EndWith(path);
        Directory.Exists(Path.Combine(_home, "nix-ai-models", "snapshots")).Should().BeFalse();
        await hub.ClearRecordAsync();

        var again = await PrefetchAsync(environment, name, "--format", "json");

        again.Output.Should().Be(outcome.Output);
        again.Errors.Should().Contain("nothing to download");
        (await hub.RecordAsync()).Should().NotContain(request => request.On == "cdn" || request.On == "resolve");
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task Wrong_bytes_break_the_import_off_and_it_is_tried_once_more(NixVersion version)
    {
        var name = $"acme/wrong-{version}".ToLowerInvariant();
        var repository = hub.Repository(name).File("config.json", "{}").Lfs("model.bin", Bytes(80_000_000));
        await hub.FaultAsync(
            new
            {
                kind = "flip",
                repo = name,
                path = "model.bin",
                on = "cdn",
                at = 100,
                times = 1,
            }
        );

        var outcome = await PrefetchAsync(
            Environment(version),
            name,
            "--stream",
            "--format",
            "sri",
            "--connections",
            "1"
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain("model.bin").And.Contain("once more");
        outcome.Output.Trim().Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        await OnlyValidPathsAsync(version);
    }

    [Theory]
    [InlineData(NixVersion.Old, 80_000_000)]
    [InlineData(NixVersion.Current, 80_000_000)]
    [InlineData(NixVersion.Old, 20_000_000)]
    [InlineData(NixVersion.Current, 20_000_000)]
    public async Task Bytes_that_stay_wrong_leave_nothing_in_the_store(NixVersion version, int size)
    {
        var name = $"acme/always-wrong-{version}-{size}".ToLowerInvariant();
        hub.Repository(name).File("config.json", "{}").Lfs("model.bin", Bytes(size));
        await hub.FaultAsync(
            new
            {
                kind = "flip",
                repo = name,
                on = "cdn",
                at = size - 10,
            }
        );

        var outcome = await PrefetchAsync(Environment(version), name);

        outcome.ExitCode.Should().Be(6, outcome.Errors);
        outcome.Output.Should().BeEmpty();
        await OnlyValidPathsAsync(version);
        Directory.GetFileSystemEntries(nix.OnDisk(version, "/nix/store"), "*always-wrong*").Should().BeEmpty();
    }

    [Theory]
    [InlineData(NixVersion.Old, 2)]
    [InlineData(NixVersion.Current, 2)]
    [InlineData(NixVersion.Old, 9)]
    [InlineData(NixVersion.Current, 9)]
    public async Task Interrupted_or_killed_it_leaves_nothing_in_the_store(NixVersion version, int signal)
    {
        var name = $"acme/ended-{version}-{signal}".ToLowerInvariant();
        hub.Repository(name).File("config.json", "{}").Lfs("model.bin", Bytes(120_000_000));
        await hub.FaultAsync(
            new
            {
                kind = "bandwidth",
                repo = name,
                bytes_per_second = 4_000_000,
            }
        );
        var store = nix.OnDisk(version, "/nix/store");
        using var process = Executable.Start(Executable.Prefetch, [name, "--stream"], Environment(version));

        // More than a daemon keeps in memory has been sent: it is unpacking.
        while (
            !Directory.Exists(store)
            || !Directory.GetFileSystemEntries(store).Any(entry => Unpacking().IsMatch(Path.GetFileName(entry)))
        )
        {
            await Task.Delay(20, Cancellation);
        }

        _ = Kill(process.Id, signal);
        var outcome = await Executable.FinishAsync(process);

        outcome.ExitCode.Should().Be(signal == 2 ? 130 : 128 + 9);
        if (signal == 2)
            outcome.Errors.Should().Contain("--stream");
        await OnlyValidPathsAsync(version);
        await hub.ClearFaultsAsync();
        (await PrefetchAsync(Environment(version), name)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task What_an_interrupted_resumable_run_left_is_gone_on_with()
    {
        const string Name = "acme/resumable";
        var repository = hub.Repository(Name).Lfs("model.bin", Bytes(60_000_000)).File("config.json", "{}");
        await hub.FaultAsync(
            new
            {
                kind = "bandwidth",
                repo = Name,
                bytes_per_second = 2_000_000,
            }
        );
        using (
            var process = Executable.Start(
                Executable.Prefetch,
                [Name, "--connections", "4"],
                Environment(NixVersion.Old)
            )
        )
        {
            while (
                (await hub.RecordAsync())
                    .Where(request => request.Repo == Name && request.On == "cdn")
                    .Sum(request => request.Bytes) < 15_000_000
            )
            {
                await Task.Delay(50, Cancellation);
            }

            _ = Kill(process.Id, 2);
            (await Executable.FinishAsync(process)).Errors.Should().Contain("run the same command to resume");
        }

        await hub.ClearFaultsAsync();
        var outcome = await PrefetchAsync(Environment(NixVersion.Old), Name, "--format", "json");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        (await NarHash.OfPathAsync(nix.OnDisk(NixVersion.Old, PathIn(outcome)), Cancellation))
            .Should()
            .Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        (await hub.RecordAsync())
            .Where(request => request.Repo == Name && request.On == "cdn")
            .Sum(request => request.Bytes)
            .Should()
            .BeLessThan(66_000_000);
        Directory.GetFileSystemEntries(Path.Combine(_home, "nix-ai-models", "snapshots")).Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_daemon_the_files_are_gathered_first()
    {
        var repository = hub.Repository("acme/gathered").File("config.json", "{}").Lfs("model.bin", Bytes(5_000_000));
        var environment = Environment(NixVersion.Old);
        var programs = Directory.CreateDirectory(Path.Combine(_home, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(programs, "nix-store"), "/usr/bin/nix-store");
        environment["PATH"] = programs;

        var outcome = await PrefetchAsync(environment, "acme/gathered", "--format", "json");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        (await NarHash.OfPathAsync(nix.OnDisk(NixVersion.Old, PathIn(outcome)), Cancellation))
            .Should()
            .Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        Directory.Exists(Path.Combine(_home, "nix-ai-models", "snapshots")).Should().BeTrue();
    }

    [Fact]
    public async Task A_daemon_that_does_not_let_us_in_is_told_of()
    {
        hub.Repository("acme/refused").File("config.json", "{}");
        var environment = Environment(NixVersion.Old);
        environment["NIX_REMOTE"] = "unix:///nowhere/socket";

        var outcome = await PrefetchAsync(environment, "acme/refused");

        outcome.ExitCode.Should().Be(7);
        outcome.Errors.Should().Contain("not straight into the store: cannot reach the Nix daemon: /nowhere/socket");
    }

    [Fact]
    public async Task A_file_by_itself_is_not_fetched_again_either()
    {
        hub.Repository("acme/flat").File("config.json", "{}").Lfs("model.gguf", Bytes(3_000_000));
        string[] arguments = ["acme/flat", "--file", "model.gguf", "--flat", "--format", "json"];
        var first = await PrefetchAsync(Environment(NixVersion.Current), arguments);
        first.ExitCode.Should().Be(0, first.Errors);
        await hub.ClearRecordAsync();

        var again = await PrefetchAsync(Environment(NixVersion.Current), arguments);

        again.Output.Should().Be(first.Output);
        (await hub.RecordAsync()).Should().NotContain(request => request.On == "cdn");
    }

    [Fact]
    public async Task Memory_stays_bounded_however_large_the_model_is()
    {
        hub.Repository("acme/large")
            .SparseLfs("a.bin", 400_000_000)
            .SparseLfs("b.bin", 300_000_000)
            .File("config.json", "{}");
        using var process = Executable.Start(Executable.Prefetch, ["acme/large"], Environment(NixVersion.Old));
        var finished = Executable.FinishAsync(process);
        var peak = 0L;
        while (!finished.IsCompleted)
        {
            peak = Math.Max(peak, Peak(process.Id));
            await Task.Delay(20, Cancellation);
        }

        (await finished).ExitCode.Should().Be(0, (await finished).Errors);
        peak.Should().BeInRange(20_000, 150_000, "kB are the most that it may have");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    /// <summary>The folder in which a daemon unpacks what it does not know the hash of yet.</summary>
    [GeneratedRegex("^(add|tmp)-")]
    private static partial Regex Unpacking();

    /// <summary>The largest resident set so far, kB.</summary>
    private static long Peak(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(
                    line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(),
                    CultureInfo.InvariantCulture
                );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Everything that is in the store's folder is registered, at the latest when the daemon has cleaned
    /// up.</summary>
    private async Task OnlyValidPathsAsync(NixVersion version)
    {
        var wait = Stopwatch.StartNew();
        while (true)
        {
            var strays = Directory
                .GetFileSystemEntries(nix.OnDisk(version, "/nix/store"))
                .Where(entry => !Path.GetFileName(entry).StartsWith('.'))
                .ToArray();
            var left = new List<string>();
            foreach (var stray in strays)
            {
                var path = $"/nix/store/{Path.GetFileName(stray)}";
                if ((await nix.RunAsync(version, "nix-store", "--query", "--hash", path)).ExitCode != 0)
                    left.Add(path);
            }

            if (left.Count == 0)
                return;
            wait.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20), $"{string.Join(' ', left)} should be gone");
            await Task.Delay(200, Cancellation);
        }
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static string PathIn(Outcome outcome)
    {
        using var json = System.Text.Json.JsonDocument.Parse(outcome.Output);
        return json.RootElement.GetProperty("path").GetString()!;
    }

    private Dictionary<string, string> Environment(NixVersion version) =>
        new(nix.EnvironmentOf(version)) { ["HF_ENDPOINT"] = hub.Endpoint, ["XDG_CACHE_HOME"] = _home };

    private static Task<Outcome> PrefetchAsync(Dictionary<string, string> environment, params string[] arguments) =>
        Executable.RunAsync(Executable.Prefetch, arguments, environment);
}
