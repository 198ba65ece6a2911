using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using NixAiModels.Hub;
using NixAiModels.Sources;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Sources;

/// <summary>A source with a protocol of its own (docs/adding-a-source.md): one class that opens addresses. Ranges,
/// order of addresses and hashes are there already.</summary>
public sealed class ToySourceTests : IDisposable
{
    private static readonly byte[] Bytes = RandomNumberGenerator.GetBytes(5_000_000);
    private readonly string _folder = Directory.CreateTempSubdirectory("toy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_source_of_ones_own_is_downloaded_like_the_others()
    {
        var toy = new ToySource();
        var destination = Path.Combine(_folder, "model.gguf");
        var file = new PinnedFile(
            "model.gguf",
            Sha256Digest.Parse(Convert.ToHexStringLower(SHA256.HashData(Bytes))),
            Bytes.Length,
            ["toy://shelf/empty", "toy://shelf/model"]
        );

        var hash = await new PinnedDownload(
            new TransferOptions { SmallestRange = 1 << 20 },
            caBundle: null,
            live: false
        )
        {
            Sources = [toy],
        }.RunAsync(file, destination, Path.Combine(_folder, "journal"), TestContext.Current.CancellationToken);

        hash.Value.Hex.Should().Be(file.Sha256.Hex);
        File.ReadAllBytes(destination).Should().Equal(Bytes);
    }

    [Fact]
    public void An_address_of_no_source_is_refused()
    {
        var open = () => KnownSources.Open("toy://shelf/model?secret=1", new HubOptions());

        open.Should()
            .Throw<Failure>()
            .WithMessage("no source for the address toy://shelf/model")
            .Which.Code.Should()
            .Be(ExitCode.Usage);
    }

    private sealed class ToySource : ISource
    {
        public IReadOnlyList<string> Schemes => ["toy"];

        public ISourceFile Open(Uri url, HubOptions options) => new ToyFile(url);
    }

    private sealed class ToyFile(Uri url) : ISourceFile
    {
        public string DisplayUrl => HubUrl.Display(url);

        public Task<FileDescription> DescribeAsync(CancellationToken cancellation) =>
            url.AbsolutePath == "/model"
                ? Task.FromResult(new FileDescription(Bytes.Length, "model.gguf", null, null, false, true))
                : throw new Failure(ExitCode.NotFound, $"nothing on the shelf: {DisplayUrl}");

        public Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation)
        {
            var asked = range?.Ranges.Single();
            var (first, last) = ((int)(asked?.From ?? 0), (int)(asked?.To ?? Bytes.Length - 1));
            var content = new ByteArrayContent(Bytes[first..(last + 1)]);
            if (range is not null)
                content.Headers.ContentRange = new ContentRangeHeaderValue(first, last, Bytes.Length);
            var status = range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent;
            return Task.FromResult(new HttpResponseMessage(status) { Content = content });
        }

        public void HoldTo(FileDescription description) { }

        public void Renew() { }

        public void Dispose() { }
    }
}
