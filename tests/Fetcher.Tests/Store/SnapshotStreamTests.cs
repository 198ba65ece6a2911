using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Transfer;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Store;

/// <summary>A snapshot through a window that is much smaller than it, against every fault of the real hub.</summary>
public sealed class SnapshotStreamTests(TestHubFixture hub) : IClassFixture<TestHubFixture>
{
    private static readonly TransferOptions Fast = new()
    {
        Connections = 8,
        StallTimeout = TimeSpan.FromSeconds(1),
        FirstDelay = TimeSpan.FromMilliseconds(10),
        TriesWithoutProgress = 4,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(FaultTests.PassingFaults), MemberType = typeof(FaultTests))]
    public async Task A_fault_that_passes_is_got_over(string name, string fault)
    {
        var repository = hub.Repository($"stream/{name}")
            .File("config.json", "{}")
            .File("empty.txt", "")
            .Lfs("model.bin", Bytes(5_000_000))
            .File("sub/z.txt", "z")
            .Fault(JsonNode.Parse(fault)!);

        // Wrong bytes of a file larger than a range are noticed after they were handed on: what holds them must be
        // given up.
        NixHash hash;
        try
        {
            hash = await StreamAsync($"stream/{name}");
        }
        catch (ContentMismatch)
        {
            name.Should().BeOneOf("flip", "error-page", "pointer");
            hash = await StreamAsync($"stream/{name}");
        }

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
    }

    [Theory]
    [MemberData(nameof(FaultTests.PersistentFaults), MemberType = typeof(FaultTests))]
    public async Task A_fault_that_stays_is_told_of(string name, string fault, ExitCode code)
    {
        hub.Repository($"stream/{name}")
            .Lfs("model.bin", Bytes(600_000))
            .File("config.json", "{}")
            .Fault(JsonNode.Parse(fault)!);

        var failure = (
            await FluentActions.Awaiting(() => StreamAsync($"stream/{name}")).Should().ThrowAsync<Failure>()
        ).Which;

        failure.Code.Should().Be(code, failure.Message);
    }

    [Fact]
    public async Task Wrong_bytes_of_a_file_of_one_range_are_fetched_again_before_anybody_reads_them()
    {
        var repository = hub.Repository("stream/small")
            .File("a.txt", "a")
            .Lfs("model.bin", Bytes(200_000))
            .Lfs("z.bin", Bytes(3_000_000))
            .Fault(
                new
                {
                    kind = "flip",
                    path = "model.bin",
                    on = "cdn",
                    at = 77,
                    times = 1,
                }
            );

        (await StreamAsync("stream/small")).Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
    }

    [Fact]
    public async Task A_slow_sink_holds_the_download_back_to_the_windows_size()
    {
        hub.Repository("stream/slow").Lfs("model.bin", Bytes(20_000_000));
        await hub.ClearRecordAsync();
        using var gate = new SemaphoreSlim(0);
        var stream = Task.Run(() => StreamAsync("stream/slow", _ => gate.Wait(Cancellation)), Cancellation);

        await Task.Delay(1500, Cancellation);
        var sent = (await hub.RecordAsync())
            .Where(request => request.Repo == "stream/slow" && request.On == "cdn")
            .Sum(request => request.Bytes);
        gate.Release(1_000_000);
        await stream;

        sent.Should().BeInRange(1, 2 << 20);
    }

    [Fact]
    public async Task A_sink_that_fails_ends_the_download()
    {
        hub.Repository("stream/broken").Lfs("model.bin", Bytes(20_000_000));
        var written = 0L;
        var streaming = () =>
            StreamAsync(
                "stream/broken",
                bytes =>
                    written =
                        (written += bytes.Length) > 5_000_000 ? throw new Failure(ExitCode.LocalIO, "full") : written
            );

        (await streaming.Should().ThrowAsync<Failure>()).Which.Message.Should().Be("full");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task Many_files_of_every_size_come_in_order(int connections)
    {
        var repository = hub.Repository($"stream/many-{connections}");
        foreach (var i in Enumerable.Range(0, 80))
            repository.Lfs($"{i % 7}/part-{i}.bin", Bytes(i * i * 173));

        (await StreamAsync($"stream/many-{connections}", options: Fast with { Connections = connections }))
            .Should()
            .Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
    }

    private async Task<NixHash> StreamAsync(string repository, NarSink? sink = null, TransferOptions? options = null)
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
        var stream = new SnapshotStream(session, live: false) { WindowSize = 2 << 20 };
        return (await stream.RunAsync(snapshot, sink ?? (_ => { }), Cancellation)).Value;
    }

    private static byte[] Bytes(int count) => RandomNumberGenerator.GetBytes(count);
}
