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

    [Theory]
    [InlineData(null, null)]
    [InlineData("v1", "v2")]
    [InlineData("\"v1\"", "\"v2\"")]
    [InlineData("W/\"v1\"", "W/\"v2\"")]
    public async Task No_hash_is_of_two_versions_of_a_file(string? before, string? after)
    {
        string[] versions = [new('a', 3_000_000), new('b', 3_000_000)];
        var requests = 0;
        await using var server = new ScriptedServer(request =>
        {
            // The description and the first range are of one version, the rest of another.
            var version = Interlocked.Increment(ref requests) <= 2 ? 0 : 1;
            var tag = version == 0 ? before : after;
            string[] headers = tag is null ? [] : [$"ETag: {tag}"];
            if (request.Header("Range")?["bytes=".Length..].Split('-') is not [var from, var to])
                return ScriptedServer.Answer(200, versions[version], headers);
            var (start, end) = (int.Parse(from), Math.Min(int.Parse(to), versions[version].Length - 1));
            return ScriptedServer.Answer(
                206,
                versions[version][start..(end + 1)],
                [.. headers, $"Content-Range: bytes {start}-{end}/{versions[version].Length}"]
            );
        });

        for (var run = 0; run < 2; run++)
        {
            using var source = KnownSources.Open($"{server.Url}/model.gguf", new HubOptions());
            var description = await source.DescribeAsync(Cancellation);
            var delivery = new FileDelivery(new TransferOptions { SmallestRange = 1 << 20 }, nix: null)
            {
                PartialFolder = _folder,
            };
            try
            {
                var (hash, _, _) = await delivery.RunAsync(source, description, "m", "model.gguf", Cancellation);
                hash.Value.Hex.Should()
                    .BeOneOf(
                        versions.Select(text =>
                            Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text)))
                        )
                    );
            }
            catch (Failure failure)
            {
                failure.Code.Should().Be(ExitCode.Integrity);
                failure.Message.Should().Contain("the file changed on the server");
            }
        }
    }

    [Theory]
    [InlineData("Content-Length: 3\r\n\r\nabc", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", true)]
    [InlineData("Connection: close\r\n\r\nabc", false)]
    public async Task A_server_that_does_not_say_where_a_file_ends_is_told_of(string response, bool hasEnd)
    {
        await using var server = new ScriptedServer(_ => $"HTTP/1.1 200 X\r\n{response}");
        using var source = KnownSources.Open($"{server.Url}/model.gguf", new HubOptions());

        (await source.DescribeAsync(Cancellation)).HasEnd.Should().Be(hasEnd);
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
