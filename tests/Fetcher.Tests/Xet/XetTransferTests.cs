using System.Text.Json.Nodes;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Transfer;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Xet;

/// <summary>A hub that has its files as chunks, in xorbs of half a megabyte.</summary>
public sealed class XetHub : IAsyncLifetime
{
    /// <summary>The hub.</summary>
    internal TestHubFixture Hub { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync() =>
        Hub = await TestHubFixture.StartAsync("--xet", "--xorb-size", "500000");

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

/// <summary>Files that come as chunks are those of the listing, whatever the servers do.</summary>
public sealed class XetTransferTests(XetHub xet) : IClassFixture<XetHub>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("xet-").FullName;
    private readonly string _name = $"acme/{Guid.NewGuid():N}";
    private string? _givenUp;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_file_of_a_model_comes_as_chunks()
    {
        var repository = xet
            .Hub.Repository(_name)
            .Lfs("a.safetensors", Bytes.Weights(5_000_000, seed: 1))
            .Lfs("b.bin", Bytes.Random(3_000_001, seed: 2))
            .Lfs("zeros.bin", new byte[2_000_000])
            .Lfs("tiny.bin", [1, 2, 3])
            .Lfs("empty.bin", [])
            .File("config.json", "{}");

        var hash = await DownloadAsync();

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        (await NarHash.OfPathAsync(Path.Combine(_folder, "out"), Cancellation)).Should().Be(hash);
        var record = await xet.Hub.RecordAsync(_name);
        record.Should().NotContain(request => request.On == "cdn");
        record.Should().Contain(request => request.On == "xorb");
        record.Count(request => request.On == "xet-read-token").Should().Be(1);
        _givenUp.Should().BeNull();
    }

    [Fact]
    public async Task Each_server_gets_the_token_that_is_meant_for_it_and_no_other()
    {
        xet.Hub.Repository(_name).Lfs("model.bin", Bytes.Random(3_000_000, seed: 3)).Private("hf_good");
        await xet.Hub.ClearRecordAsync();

        await DownloadAsync(token: "hf_good");

        var record = await xet.Hub.RecordAsync(_name);
        var atHub = record.Where(request => request.Origin == "hub").Select(request => request.Token).Distinct();
        var atStore = record.Where(request => request.Origin == "cas").Select(request => request.Token).Distinct();
        atHub.Should().ContainSingle().Which.Should().NotBeNull();
        atStore.Should().ContainSingle().Which.Should().NotBeNull().And.NotBe(atHub.Single());
        record.Where(request => request.Origin == "cdn").Should().OnlyContain(request => !request.Authorization);
    }

    [Fact]
    public async Task A_range_of_a_xorb_that_a_file_has_many_times_is_requested_once()
    {
        var block = Bytes.Random(1_500_000, seed: 4);
        byte[] model =
        [
            .. block,
            .. Enumerable.Range(0, 4).SelectMany(i => (byte[])[.. Bytes.Random(200_000, seed: 50 + i), .. block]),
        ];
        xet.Hub.Repository(_name).Lfs("model.bin", model);

        await DownloadAsync(options: FaultTests.Fast with { LargestRange = 2 << 20, SmallestRange = 2 << 20 });

        var ranges = (await xet.Hub.RecordAsync(_name)).Where(request => request.On == "xorb");
        ranges.Select(request => request.Path + request.Range).Should().OnlyHaveUniqueItems();
        // 8.3 MB are in the file, 2.3 MB in its xorbs. Readings that begin within a block overlap with others.
        ranges.Sum(request => request.Bytes).Should().BeLessThan(5_000_000);
    }

    public static TheoryData<string> PassingFaults =>
        [
            """{"kind": "reset", "on": "xorb", "after": 100000, "times": 5}""",
            """{"kind": "cut", "on": "xorb", "after": 100000, "times": 5}""",
            """{"kind": "reset", "on": "xorb", "after": 0, "times": 2}""",
            """{"kind": "stall", "on": "xorb", "after": 50000, "times": 1}""",
            """{"kind": "status", "on": "xorb", "status": 503, "times": 3}""",
            """{"kind": "status", "on": "reconstruction", "status": 503, "times": 3}""",
            """{"kind": "status", "on": "reconstruction", "status": 429, "times": 2}""",
            """{"kind": "expired", "on": "xorb", "skip": 2, "times": 1}""",
            """{"kind": "expired", "on": "reconstruction", "skip": 2, "times": 1}""",
        ];

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_passing_fault_is_got_over_as_chunks(string fault)
    {
        var repository = xet
            .Hub.Repository(_name)
            .Lfs("model.bin", Bytes.Random(5_000_000, seed: 5))
            .Fault(JsonNode.Parse(fault)!);

        var hash = await DownloadAsync();

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        (await xet.Hub.RecordAsync(_name)).Should().NotContain(request => request.On == "cdn");
    }

    public static TheoryData<string> LastingFaults =>
        [
            """{"kind": "reset", "on": "xorb", "after": 0}""",
            """{"kind": "flip", "on": "xorb", "at": 1}""",
            """{"kind": "flip", "on": "xorb", "at": 5}""",
            """{"kind": "flip", "on": "xorb", "at": 70000}""",
            """{"kind": "short", "on": "xorb", "bytes": 10}""",
            """{"kind": "wrong-content-range", "on": "xorb", "bytes": 7}""",
            """{"kind": "status", "on": "xorb", "status": 403}""",
            """{"kind": "status", "on": "xorb", "status": 404}""",
            """{"kind": "status", "on": "xorb", "status": 200}""",
            """{"kind": "status", "on": "reconstruction", "status": 401}""",
            """{"kind": "status", "on": "reconstruction", "status": 404}""",
            """{"kind": "status", "on": "reconstruction", "status": 307, "headers": {"Location": "http://x/"}}""",
            """{"kind": "error-page", "on": "reconstruction"}""",
            """{"kind": "status", "on": "xet-read-token", "status": 404}""",
            """{"kind": "error-page", "on": "xet-read-token"}""",
            """{"kind": "terms", "change": "outside"}""",
            """{"kind": "terms", "change": "length", "bytes": 1}""",
            """{"kind": "terms", "change": "length", "bytes": -1}""",
            """{"kind": "terms", "change": "order"}""",
            """{"kind": "terms", "change": "overlap"}""",
            """{"kind": "terms", "change": "none"}""",
            """{"kind": "terms", "change": "order", "skip": 3}""",
        ];

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task The_plain_way_takes_over_where_Xet_fails(string fault)
    {
        var repository = xet
            .Hub.Repository(_name)
            .Lfs("a.bin", Bytes.Random(3_000_000, seed: 6))
            .Lfs("b.bin", Bytes.Random(2_000_000, seed: 7))
            .Fault(JsonNode.Parse(fault)!);

        var hash = await DownloadAsync();

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        (await xet.Hub.RecordAsync(_name)).Should().Contain(request => request.On == "cdn");
        _givenUp.Should().NotBeNull();
    }

    [Fact]
    public async Task Files_that_the_plain_way_refuses_come_as_chunks_without_being_asked_to()
    {
        var repository = xet
            .Hub.Repository(_name)
            .Lfs("model.bin", Bytes.Random(3_000_000, seed: 8))
            .Fault(
                new
                {
                    kind = "status",
                    on = "cdn",
                    status = 400,
                }
            );

        var hash = await DownloadAsync(TransportChoice.Auto);

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        (await xet.Hub.RecordAsync(_name)).Should().Contain(request => request.On == "xorb");
    }

    [Fact]
    public async Task A_refusal_that_Xet_does_not_help_is_reported_as_it_is()
    {
        xet.Hub.Repository(_name)
            .Lfs("model.bin", Bytes.Random(3_000_000, seed: 9))
            .Fault(
                new
                {
                    kind = "status",
                    on = "cdn",
                    status = 400,
                }
            )
            .Fault(
                new
                {
                    kind = "status",
                    on = "reconstruction",
                    status = 403,
                }
            );

        (await FluentActions.Awaiting(() => DownloadAsync(TransportChoice.Auto)).Should().ThrowAsync<Failure>())
            .Which.Message.Should()
            .Contain("the server answered 400");
    }

    [Fact]
    public async Task Nothing_is_asked_of_Xet_where_the_plain_way_works()
    {
        xet.Hub.Repository(_name).Lfs("model.bin", Bytes.Random(3_000_000, seed: 10));

        await DownloadAsync(TransportChoice.Auto);

        (await xet.Hub.RecordAsync(_name)).Should().NotContain(request => request.On == "xet-read-token");
    }

    [Fact]
    public async Task Xet_takes_over_where_the_plain_way_is_slower_and_not_before_that_shows()
    {
        var repository = xet
            .Hub.Repository(_name)
            .Lfs("model.bin", Bytes.Random(6_000_000, seed: 12))
            .Lfs("other.bin", Bytes.Random(6_000_000, seed: 13))
            .Fault(
                new
                {
                    kind = "bandwidth",
                    on = "cdn",
                    bytes_per_second = 400_000,
                }
            );

        var hash = await DownloadAsync(TransportChoice.Auto, options: Impatient);

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        var record = await xet.Hub.RecordAsync(_name);
        record.Take(6).Should().NotContain(request => request.On == "xet-read-token");
        record.Where(request => request.On == "xorb").Sum(request => request.Bytes).Should().BeGreaterThan(8_000_000);
    }

    [Fact]
    public async Task The_plain_way_goes_on_where_Xet_is_no_faster()
    {
        var repository = xet
            .Hub.Repository(_name)
            .Lfs("model.bin", Bytes.Random(6_000_000, seed: 14))
            .Fault(new { kind = "bandwidth", bytes_per_second = 800_000 });

        var hash = await DownloadAsync(TransportChoice.Auto, options: Impatient);

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        var record = await xet.Hub.RecordAsync(_name);
        record.Where(request => request.On == "cdn").Sum(request => request.Bytes).Should().BeGreaterThan(4_000_000);
    }

    private static TransferOptions Impatient =>
        FaultTests.Fast with
        {
            Connections = 4,
            LargestRange = 256 << 10,
            Patience = TimeSpan.FromSeconds(0.5),
        };

    [Fact]
    public async Task A_bandwidth_limit_is_kept()
    {
        xet.Hub.Repository(_name).Lfs("model.bin", Bytes.Random(2_000_000, seed: 11));
        var started = TimeProvider.System.GetTimestamp();

        await DownloadAsync(options: FaultTests.Fast with { BandwidthLimit = 1_000_000 });

        TimeProvider.System.GetElapsedTime(started).Should().BeGreaterThan(TimeSpan.FromSeconds(1.5));
    }

    private async Task<NixHash> DownloadAsync(
        TransportChoice choice = TransportChoice.Xet,
        string? token = null,
        TransferOptions? options = null
    )
    {
        using var session = new HubSession(
            HubEndpoint.Parse(xet.Hub.Endpoint),
            token is null ? null : Clients.Token(token, xet.Hub.Endpoint),
            (options ?? FaultTests.Fast) with
            {
                Transport = choice,
            },
            budget: Clients.Short
        );
        var snapshot = await Snapshot.ResolveAsync(
            session.Client,
            RepositoryId.Parse(_name),
            "main",
            new Selection([], [], []),
            Cancellation
        );
        var hash = await new SnapshotDownload(session, live: false).HashAsync(
            snapshot,
            Path.Combine(_folder, "out"),
            journals: null,
            begin: null,
            Cancellation
        );
        _givenUp = session.Transport.Reason;
        return hash.Value;
    }
}
