using System.Security.Cryptography;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Tests.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Transfer;

/// <summary>A NAR hash is that of verified bytes, however slow verification is and wherever the wrong byte
/// is.</summary>
public sealed class VerifiedHashTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("verified-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_wrong_byte_in_the_first_transfer_is_in_no_hash(int connections)
    {
        for (var i = 0; i < 20; i++)
        {
            var name = $"verified/{connections}-{i}";
            var repository = hub.Repository(name)
                .File("config.json", "{}")
                .Lfs("a.bin", RandomNumberGenerator.GetBytes(3_000_000))
                .Lfs("b.bin", RandomNumberGenerator.GetBytes(2_500_000 + i));
            await hub.FaultAsync(
                new
                {
                    kind = "flip",
                    repo = name,
                    path = "b.bin",
                    on = "cdn",
                    at = 1000 + i,
                    times = 1,
                }
            );

            var hash = await HashAsync(name, connections);

            hash.Should().Be(await NarHash.OfPathAsync(repository.Folder, Cancellation));
            (await NarHash.OfPathAsync(Path.Combine(_folder, name), Cancellation)).Should().Be(hash);
            await hub.ClearFaultsAsync(name);
        }
    }

    private async Task<NixHash> HashAsync(string name, int connections)
    {
        using var session = new HubSession(
            HubEndpoint.Parse(hub.Endpoint),
            token: null,
            new TransferOptions { Connections = connections, SmallestRange = 1 << 20 }
        );
        var snapshot = await Snapshot.ResolveAsync(
            session.Client,
            RepositoryId.Parse(name),
            "main",
            new Selection([], [], []),
            Cancellation
        );
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        var contents = snapshot
            .Files.Select(file =>
                snapshot.Content(
                    session.Transport,
                    file,
                    new SlowToVerify(new FileSink(Path.Combine(folder, file.Path), file.Size, journalPath: null))
                )
            )
            .ToArray();
        using var run = new TransferRun(
            contents,
            session.Transfer,
            new TransferProgress(contents.Length, snapshot.Size),
            isRead: true
        );
        var hash = await run.RunAsync(stop => VerifiedHash.OfArchiveAsync(run, begin: null, stop), Cancellation);
        return hash!.Value;
    }

    /// <summary>Holds verification back: what reads the file for its digest gets the bytes late.</summary>
    private sealed class SlowToVerify(FileSink sink) : IContentSink
    {
        public string Name => sink.Name;

        public bool KeepsAll => sink.KeepsAll;

        public ByteRangeSet Resume() => sink.Resume();

        public void Create() => sink.Create();

        public ValueTask ReserveAsync(long end, CancellationToken cancellation) => sink.ReserveAsync(end, cancellation);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => sink.Write(bytes, offset);

        public void Record(ByteRange range) => sink.Record(range);

        public int Read(Span<byte> buffer, long position)
        {
            if (position >= 2 << 20)
                Thread.Sleep(100);
            return sink.Read(buffer, position);
        }

        public void Release(long position) => sink.Release(position);

        public void Restart() => sink.Restart();

        public void Finish() => sink.Finish();

        public void Dispose() => sink.Dispose();
    }
}
