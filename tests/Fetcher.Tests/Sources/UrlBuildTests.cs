using System.Security.Cryptography;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources;

/// <summary>Models of <c>source.url</c>, built by real Nix from an origin that is not a hub.</summary>
public sealed class UrlBuildTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    private static readonly byte[] Bytes = Content(3_000_000, 1);

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_file_is_found_by_path_and_checked_like_any_other(NixVersion version)
    {
        hub.Repository("acme/plain").Lfs("llama.gguf", Bytes);

        var built = await BuildAsync(version, Url("files", "acme/plain/llama.gguf"));

        built.ExitCode.Should().Be(0, built.Errors);
        var view = nix.OnDisk(version, built.Output.Trim());
        Directory.EnumerateFileSystemEntries(view).Select(Path.GetFileName).Should().Equal("llama.gguf");
        var path = await nix.EvaluateAsync(version, $"({Model(Url("files", "acme/plain/llama.gguf"))}).modelPath");
        path.Trim('"').Should().Be($"{built.Output.Trim()}/llama.gguf");
        // Through the links, in the store's folder on this disk.
        var raw = await nix.EvaluateAsync(
            version,
            $"map (each: each.outPath) ({Model(Url("files", "acme/plain/llama.gguf"))}).downloads"
        );
        var file = raw.Trim('[', ']', '"');
        (await File.ReadAllBytesAsync(nix.OnDisk(version, file), TestContext.Current.CancellationToken))
            .Should()
            .Equal(Bytes);
        file.Should().EndWith("-llama.gguf");
    }

    [Fact]
    public async Task A_file_of_the_Hub_with_the_same_name_and_hash_is_the_same_store_path()
    {
        var hash = Sri(Bytes);
        var paths = await nix.EvaluateAsync(
            NixVersion.Current,
            $$"""
            [
              (builtins.head ({{Model("url = \"https://example.org/llama.gguf\";")}}).downloads).outPath
              (({{NixFixture.Offline}}).fetchHuggingFaceFile {
                repo = "acme/x"; file = "q/llama.gguf"; hash = "{{hash}}";
              }).outPath
            ]
            """
        );
        var both = System.Text.Json.JsonSerializer.Deserialize<string[]>(paths)!;
        both[0].Should().Be(both[1]);
    }

    [Fact]
    public async Task Nix_says_which_hash_an_empty_one_must_be()
    {
        var bytes = Content(100_000, 7);
        hub.Repository("acme/empty-hash").Lfs("llama.gguf", bytes);
        var address = $"{hub.Plain}/files/acme/empty-hash/llama.gguf";

        var empty = await nix.BuildAsync(NixVersion.Current, Model($"url = \"{address}\";", hash: ""));
        var stale = await nix.BuildAsync(NixVersion.Current, Model($"url = \"{address}\";", Content(100_000, 8)));

        empty.Errors.Should().Contain($"nix-prefetch-hf {address}").And.Contain($"got:    {Sri(bytes)}");
        stale.Errors.Should().Contain("wrong bytes in llama.gguf").And.Contain($"hash = \"{Sri(bytes)}\";");
    }

    [Fact]
    public async Task Addresses_are_tried_in_order_until_one_has_the_right_bytes()
    {
        var bytes = Content(3_000_000, 2);
        hub.Repository("acme/order").Lfs("llama.gguf", bytes).Lfs("other.gguf", Content(3_000_000, 3));
        await hub.FaultAsync(
            new
            {
                kind = "status",
                status = 403,
                repo = "acme/order",
                path = "refused.gguf",
            }
        );
        string[] addresses =
        [
            $"{hub.Plain}/files/acme/order/missing.gguf?secret-of=query",
            $"{hub.Plain}/files/acme/order/refused.gguf",
            "http://127.0.0.1:1/unreachable.gguf",
            $"{hub.Plain}/files/acme/order/other.gguf",
            $"{hub.Plain}/signed/acme/order/llama.gguf",
        ];

        var built = await BuildAsync(
            NixVersion.Current,
            $"urls = [ {string.Concat(addresses.Select(address => $"\"{address}\" "))}]; name = \"llama.gguf\";",
            bytes
        );

        built.ExitCode.Should().Be(0, built.Errors);
        foreach (
            var said in (string[])
                [
                    $"not found: {hub.Plain}/files/acme/order/missing.gguf; trying",
                    $"the server refuses (403) without a password: {hub.Plain}/files/acme/order/refused.gguf; trying",
                    "the connection to 127.0.0.1 failed",
                    "wrong bytes in llama.gguf",
                ]
        )
        {
            built.Errors.Should().Contain(said);
        }

        built.Errors.Should().NotContain("secret-of");
    }

    private Task<Outcome> BuildAsync(NixVersion version, string file, byte[]? bytes = null) =>
        nix.BuildAsync(version, Model(file, bytes), sandbox: true);

    private string Url(string how, string path) => $"url = \"{hub.Plain}/{how}/{path}\";";

    private static string Model(string file, byte[]? bytes = null, string? hash = null) =>
        $$"""
            ({{NixFixture.Offline}}).fetchModel {
              name = "m";
              source.url = { {{file}} hash = "{{hash ?? Sri(bytes ?? Bytes)}}"; };
              validation.enable = false;
            }
            """;

    private static string Sri(byte[] bytes) => $"sha256-{Convert.ToBase64String(SHA256.HashData(bytes))}";

    private static byte[] Content(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
