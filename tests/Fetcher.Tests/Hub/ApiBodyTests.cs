using System.IO.Compression;
using System.Text;
using NixAiModels.Hub;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

/// <summary>What answers in the hub's place, or is damaged on the way, is the network's fault so retried.</summary>
public class ApiBodyTests
{
    private const string Page =
        """[{"type":"file","path":"one","size":1,"oid":"0123456789abcdef0123456789abcdef01234567"}]""";

    [Theory]
    [InlineData("", "sent an empty answer")]
    [InlineData("[", "sent a damaged answer")]
    [InlineData("[] []", "sent a damaged answer")]
    [InlineData("[\"\u00ff\"]", "sent a damaged answer")]
    [InlineData(" <!DOCTYPE html><p>please log in", "answered with a web page, not the hub's API")]
    public async Task An_answer_that_is_not_the_hubs_is_the_networks_fault(string body, string reason)
    {
        var warnings = new List<string>();
        await using var server = new ScriptedServer(_ => Answer(200, body, "X-Request-Id: Root=1-a"));

        var failure = await FailingAsync(server, Clients.Options() with { Warn = warnings.Add });

        failure.Code.Should().Be(ExitCode.Network);
        failure.Message.Should().Contain(reason);
        failure.Next.Should().Contain("captive portal");
        warnings.Should().NotBeEmpty().And.OnlyContain(warning => warning.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[{")]
    public async Task The_next_answer_may_be_the_hubs(string body)
    {
        var first = true;
        await using var server = new ScriptedServer(_ => Answer(200, first && !(first = false) ? body : Page));

        (await ListAsync(server)).Should().HaveCount(1);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    public async Task An_encoded_answer_is_read_and_a_damaged_one_asked_again(string encoding)
    {
        var whole = Encode(encoding);
        var answers = new Queue<string>([whole[..(whole.Length / 2)], Flip(whole), whole]);
        await using var server = new ScriptedServer(_ =>
            Answer(200, answers.Count > 1 ? answers.Dequeue() : whole, $"Content-Encoding: {encoding.Split(' ')[^1]}")
        );

        (await ListAsync(server)).Single().Path.Should().Be("one");
        server.Requests.Count.Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task An_encoded_answer_that_grows_without_bounds_is_not_read_to_its_end()
    {
        var bomb = Encode("gzip", new string(' ', 80 << 20));
        await using var server = new ScriptedServer(_ => Answer(200, bomb, "Content-Encoding: gzip"));

        (await FailingAsync(server, Clients.Options())).Message.Should().Contain("too large");
    }

    [Fact]
    public async Task The_id_of_a_failed_request_is_in_its_error()
    {
        await using var server = new ScriptedServer(_ => Answer(404, "", "X-Request-Id: Root=1-abc;def"));

        (await FailingAsync(server, Clients.Options())).Message.Should().EndWith("(request Root=1-abc;def)");
    }

    private static string Encode(string encoding, string text = Page)
    {
        var packed = new MemoryStream();
        using (
            Stream stream = encoding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.Optimal),
                "br" => new BrotliStream(packed, CompressionLevel.Optimal),
                "deflate" => new ZLibStream(packed, CompressionLevel.Optimal),
                _ => new DeflateStream(packed, CompressionLevel.Optimal),
            }
        )
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return Encoding.Latin1.GetString(packed.ToArray());
    }

    private static string Flip(string bytes) => (char)(bytes[0] ^ 0xFF) + bytes[1..];

    private static async Task<IReadOnlyList<HubFile>> ListAsync(ScriptedServer server)
    {
        using var client = Clients.Open(server.Url);
        return await client.ListFilesAsync(Clients.Tiny, Clients.Commit, TestContext.Current.CancellationToken);
    }

    private static async Task<HubFailure> FailingAsync(ScriptedServer server, HubOptions options)
    {
        using var client = Clients.Open(server.Url, options: options);
        return await client.FailingAsync();
    }
}
