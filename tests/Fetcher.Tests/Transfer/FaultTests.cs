using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Tests.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Transfer;

/// <summary>Every fault of a server or a network: a passing one is retried, a persistent one is reported with its exit
/// code, and wrong bytes never stay on disk.</summary>
public sealed class FaultTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    /// <summary>Options with which a run of faults takes seconds.</summary>
    internal static readonly TransferOptions Fast = new()
    {
        Connections = 8,
        LargestRange = 1 << 20,
        SmallestRange = 256 << 10,
        StallTimeout = TimeSpan.FromSeconds(1),
        FirstDelay = TimeSpan.FromMilliseconds(10),
        TriesWithoutProgress = 4,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("faults-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> PassingFaults =>
        new()
        {
            { "reset", """{"kind": "reset", "on": "cdn", "after": 100000, "times": 5}""" },
            { "cut", """{"kind": "cut", "on": "cdn", "after": 100000, "times": 5}""" },
            { "reset-at-once", """{"kind": "reset", "on": "cdn", "after": 0, "times": 2}""" },
            { "stall", """{"kind": "stall", "on": "cdn", "after": 50000, "times": 2}""" },
            { "short", """{"kind": "short", "on": "cdn", "bytes": 1000, "times": 1}""" },
            { "short-chunked", """{"kind": "short", "on": "cdn", "bytes": 1000, "chunked": true, "times": 2}""" },
            { "long", """{"kind": "long", "on": "cdn", "bytes": 1000, "times": 1}""" },
            { "long-chunked", """{"kind": "long", "on": "cdn", "bytes": 1000, "chunked": true, "times": 1}""" },
            { "flip", """{"kind": "flip", "on": "cdn", "at": 2500000, "times": 1}""" },
            { "ignore-range", """{"kind": "ignore-range", "on": "cdn", "times": 2}""" },
            { "ignore-range-always", """{"kind": "ignore-range", "on": "cdn"}""" },
            { "wrong-content-range", """{"kind": "wrong-content-range", "on": "cdn", "bytes": 7, "times": 3}""" },
            { "error-page", """{"kind": "error-page", "on": "cdn", "times": 1}""" },
            { "gzip", """{"kind": "gzip", "on": "cdn"}""" },
            { "storm", """{"kind": "status", "on": "cdn", "status": 503, "times": 3}""" },
            { "expired", """{"kind": "expired", "on": "cdn", "skip": 3, "times": 1}""" },
            { "pointer", """{"kind": "pointer", "times": 1}""" },
        };

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_passing_fault_is_retried(string name, string fault)
    {
        var repository = hub.Repository($"faults/{name}")
            .Lfs("model.bin", Bytes(5_000_000))
            .File("config.json", "{}")
            .File("empty.txt", "")
            .Fault(JsonNode.Parse(fault)!);

        var hash = await DownloadAsync($"faults/{name}");

        hash.Sri.Should().Be((await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri);
        (await NarHash.OfPathAsync(_folder, Cancellation)).Should().Be(hash);
    }

    public static TheoryData<string, string, ExitCode> PersistentFaults =>
        new()
        {
            { "always-reset", """{"kind": "reset", "on": "cdn", "after": 0}""", ExitCode.Network },
            { "always-stall", """{"kind": "stall", "on": "cdn", "after": 0}""", ExitCode.Network },
            { "always-wrong", """{"kind": "flip", "on": "cdn", "at": 77}""", ExitCode.Integrity },
            { "always-pointer", """{"kind": "pointer"}""", ExitCode.Integrity },
            { "always-error-page", """{"kind": "error-page", "on": "cdn"}""", ExitCode.Integrity },
            { "regular-wrong", """{"kind": "flip", "path": "config.json", "at": 0}""", ExitCode.Integrity },
            { "wrong-size", """{"kind": "wrong-size", "path": "model.bin", "bytes": -1}""", ExitCode.Integrity },
        };

    [Theory]
    [MemberData(nameof(PersistentFaults))]
    public async Task A_persistent_fault_is_reported_with_its_exit_code(string name, string fault, ExitCode code)
    {
        hub.Repository($"faults/{name}")
            .Lfs("model.bin", Bytes(600_000))
            .File("config.json", "{}")
            .Fault(JsonNode.Parse(fault)!);

        var failure = (
            await FluentActions.Awaiting(() => DownloadAsync($"faults/{name}")).Should().ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(code, failure.Message);
        failure.Message.Should().MatchRegex("model.bin|config.json").And.NotContain("?");
        failure.Next.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task Attempts_are_counted_since_the_last_progress()
    {
        hub.Repository("faults/crawl")
            .Lfs("model.bin", Bytes(1_000_000))
            .Fault(
                new
                {
                    kind = "reset",
                    on = "cdn",
                    after = 40_000,
                }
            );

        await DownloadAsync("faults/crawl");
    }

    [Fact]
    public async Task A_file_of_many_ranges_is_located_once()
    {
        hub.Repository("faults/reuse").Lfs("model.bin", Bytes(5_000_000));
        await hub.ClearRecordAsync();

        await DownloadAsync("faults/reuse");

        var record = (await hub.RecordAsync()).Where(request => request.Repo == "faults/reuse").ToArray();
        record.Count(request => request.On == "resolve").Should().Be(1);
        record.Count(request => request.On == "tree").Should().Be(1);
        record.Count(request => request.On == "cdn").Should().BeGreaterThan(4);
    }

    [Fact]
    public async Task A_full_disk_is_reported_before_the_first_byte()
    {
        hub.Repository("faults/huge")
            .SparseLfs("model.bin", 1L << 20)
            .Fault(
                new
                {
                    kind = "wrong-size",
                    path = "model.bin",
                    bytes = 1L << 45,
                }
            );
        await hub.ClearRecordAsync();

        var failure = (
            await FluentActions.Awaiting(() => DownloadAsync("faults/huge")).Should().ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(ExitCode.LocalIO);
        failure.Message.Should().Contain("not enough disk space");
        (await hub.RecordAsync()).Should().NotContain(request => request.On == "resolve");
    }

    [Fact]
    public async Task A_bandwidth_limit_is_kept()
    {
        hub.Repository("faults/slow").Lfs("model.bin", Bytes(2_000_000));
        var started = TimeProvider.System.GetTimestamp();

        await DownloadAsync("faults/slow", Fast with { BandwidthLimit = 1_000_000 });

        TimeProvider.System.GetElapsedTime(started).Should().BeGreaterThan(TimeSpan.FromSeconds(1.5));
    }

    private async Task<NixHash> DownloadAsync(string repository, TransferOptions? options = null)
    {
        var budget = new RetryBudget
        {
            FirstDelay = TimeSpan.FromMilliseconds(10),
            MaxDelay = TimeSpan.FromMilliseconds(50),
            ServerError = TimeSpan.FromSeconds(3),
            Connection = TimeSpan.FromSeconds(3),
        };
        using var session = new HubSession(
            HubEndpoint.Parse(hub.Endpoint),
            token: null,
            options ?? Fast,
            budget: budget
        );
        var snapshot = await Snapshot.ResolveAsync(
            session.Client,
            RepositoryId.Parse(repository),
            "main",
            new Selection([], [], []),
            Cancellation
        );
        return (
            await new SnapshotDownload(session, live: false).HashAsync(
                snapshot,
                _folder,
                journals: null,
                begin: null,
                Cancellation
            )
        ).Value;
    }

    private static byte[] Bytes(int count) => RandomNumberGenerator.GetBytes(count);
}
