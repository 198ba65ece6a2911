using System.Security.Cryptography;
using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Sources;
using NixAiModels.Tests.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Sources;

/// <summary>A hash of bytes that nobody vouches for is not a verified one.</summary>
public sealed class FirstUseTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("first-use-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task No_verified_hash_is_made_of_a_file_that_nobody_listed()
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        hub.Repository("first/use").Lfs("model.gguf", bytes);
        using var source = KnownSources.Open($"{hub.Plain}/files/first/use/model.gguf", new HubOptions());

        var verified = () => TransferAsync(source, bytes.Length, VerifiedHash.OfFileAsync);
        var archived = () =>
            TransferAsync(source, bytes.Length, (run, stop) => VerifiedHash.OfArchiveAsync(run, null, stop));
        var first = await TransferAsync(source, bytes.Length, FirstUseHash.OfFileAsync);

        await verified.Should().ThrowAsync<InvalidOperationException>();
        await archived.Should().ThrowAsync<InvalidOperationException>();
        first.Value.Hex.Should().Be(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private async Task<T> TransferAsync<T>(
        ISourceFile source,
        long size,
        Func<TransferRun, CancellationToken, Task<T>> hash
    )
        where T : class
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        using var run = new TransferRun(
            [new RemoteContent(source, "model.gguf", size, new FirstUseDigest(), new FileSink(file, size, null))],
            new TransferOptions { SmallestRange = 1 << 20 },
            new TransferProgress(1, size),
            isRead: true
        );
        return (await run.RunAsync(stop => hash(run, stop), Cancellation))!;
    }
}
