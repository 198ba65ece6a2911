using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Tests.Hub;
using NixAiModels.Transfer;
using NixAiModels.Xet;

namespace NixAiModels.Tests.Xet;

/// <summary>A new version of a file costs what changed in it.</summary>
public sealed class OlderVersionTests(XetHub xet) : IClassFixture<XetHub>, IDisposable
{
    private const int Size = 12_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("older-").FullName;
    private readonly string _name = $"acme/{Guid.NewGuid():N}";
    private string? _givenUp;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TransferOptions Fast =>
        new()
        {
            Connections = 8,
            LargestRange = 1 << 20,
            SmallestRange = 256 << 10,
            FirstDelay = TimeSpan.FromMilliseconds(10),
            Transport = TransportChoice.Auto,
        };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nothing changed", 0)]
    [InlineData("last layers changed", 1_500_000)]
    [InlineData("metadata changed", 300_000)]
    [InlineData("bytes inserted at the front", 300_000)]
    [InlineData("bytes removed in the middle", 300_000)]
    [InlineData("parts swapped", 700_000)]
    [InlineData("bytes changed in ten places", 2_000_000)]
    public async Task The_rest_comes_from_the_disk(string what, long most)
    {
        var older = Bytes.Weights(Size, seed: 20);
        var repository = await PublishAsync(older, Change(older, what));

        var hash = await DownloadAsync();

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        _givenUp.Should().BeNull();
        var record = await xet.Hub.RecordAsync(_name);
        record.Should().NotContain(request => request.On == "cdn");
        record.Where(request => request.On == "xorb").Sum(request => request.Bytes).Should().BeLessThanOrEqualTo(most);
    }

    [Fact]
    public async Task A_file_that_has_nothing_in_common_with_its_older_version_is_downloaded_plainly()
    {
        await PublishAsync(Bytes.Weights(Size, seed: 21), Bytes.Weights(Size, seed: 22));

        await DownloadAsync();

        (await xet.Hub.RecordAsync(_name)).Should().NotContain(request => request.On == "xorb");
    }

    [Fact]
    public async Task An_older_version_that_is_damaged_costs_a_download_and_no_wrong_byte()
    {
        var older = Bytes.Weights(Size, seed: 23);
        var repository = await PublishAsync(older, Change(older, "last layers changed"));
        var damaged = Path.Combine(_folder, "damaged");
        older[5_000_000] ^= 1;
        await File.WriteAllBytesAsync(damaged, older, Cancellation);

        var hash = await DownloadAsync(damaged);

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
        _givenUp.Should().Be("wrong bytes");
    }

    [Fact]
    public async Task A_stream_that_had_wrong_bytes_of_an_older_version_takes_none_of_it_the_second_time()
    {
        var older = Bytes.Weights(Size, seed: 25);
        var repository = await PublishAsync(older, Change(older, "last layers changed"));
        var damaged = Path.Combine(_folder, "damaged");
        older[5_000_000] ^= 1;
        await File.WriteAllBytesAsync(damaged, older, Cancellation);
        using var session = Session();
        var snapshot = await ResolveAsync(session, damaged);
        var stream = new SnapshotStream(session, live: false);

        await FluentActions
            .Awaiting(() => stream.RunAsync(snapshot, _ => { }, Cancellation))
            .Should()
            .ThrowAsync<ContentMismatch>();
        var hash = await stream.RunAsync(snapshot, _ => { }, Cancellation);

        hash.Value.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
    }

    [Fact]
    public async Task An_older_version_that_is_gone_costs_a_download()
    {
        var older = Bytes.Weights(Size, seed: 24);
        var repository = await PublishAsync(older, Change(older, "last layers changed"));

        var hash = await DownloadAsync(path: Path.Combine(_folder, "gone"));

        hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
    }

    private async Task<TestRepository> PublishAsync(byte[] older, byte[] newer)
    {
        var repository = xet.Hub.Repository(_name);
        repository.Revision("older").Lfs("model.safetensors", older);
        await Task.Delay(50, Cancellation); // the hub cuts the older file first
        return repository.Lfs("model.safetensors", newer);
    }

    private static byte[] Change(byte[] bytes, string what) =>
        what switch
        {
            "nothing changed" => bytes,
            "last layers changed" => [.. bytes[..^1_200_000], .. Bytes.Weights(1_200_000, seed: 30)],
            "metadata changed" => [.. Bytes.Random(5000, seed: 31), .. bytes[4096..]],
            "bytes inserted at the front" => [.. Bytes.Random(777, seed: 32), .. bytes],
            "bytes removed in the middle" => [.. bytes[..5_000_000], .. bytes[5_000_100..]],
            "parts swapped" => [.. bytes[6_000_000..], .. bytes[..6_000_000]],
            _ => [.. bytes.Select((each, i) => i % 1_200_000 == 600_000 ? (byte)~each : each)],
        };

    private HubSession Session() => new(HubEndpoint.Parse(xet.Hub.Endpoint), token: null, Fast, budget: Clients.Short);

    private async Task<Snapshot> ResolveAsync(HubSession session, string? path)
    {
        var repository = RepositoryId.Parse(_name);
        var selection = new Selection([], [], []);
        var older = await Snapshot.ResolveAsync(session.Client, repository, "older", selection, Cancellation);
        var file = older.Files.Single();
        var version = OlderVersion.At(
            path ?? Path.Combine(xet.Hub.Repository(_name).Revision("older").Folder, file.Path),
            file.XetHash!,
            file.Size
        );
        var newer = await Snapshot.ResolveAsync(session.Client, repository, "main", selection, Cancellation);
        return newer with { Older = new Dictionary<string, IReadOnlyList<OlderVersion>> { [file.Path] = [version] } };
    }

    private async Task<NixHash> DownloadAsync(string? path = null)
    {
        using var session = Session();
        var hash = await new SnapshotDownload(session, live: false).HashAsync(
            await ResolveAsync(session, path),
            Path.Combine(_folder, "out"),
            journals: null,
            begin: null,
            Cancellation
        );
        _givenUp = session.Transport.Reason;
        return hash.Value;
    }
}
