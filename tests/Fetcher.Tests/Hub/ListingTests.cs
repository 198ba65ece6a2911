using NixAiModels.Hub;
using NixAiModels.Transfer;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

public class ListingTests
{
    private const string Oid = Clients.Commit;
    private static readonly string Sha = new('a', 64);
    private static readonly string One = $$"""[{"type":"file","path":"one","size":1,"oid":"{{Oid}}"}]""";
    private static readonly string Two = $$"""[{"type":"file","path":"two","size":2,"oid":"{{Oid}}"}]""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listing_of_many_pages_is_complete()
    {
        await using var hub = await TestHubFixture.StartAsync("--page-size", "3");
        var repository = hub.Repository("acme/tiny");
        for (var i = 0; i < 20; i++)
            repository.File($"d{i % 4}/f{i}.json", $"{i}");
        repository.Lfs("model.safetensors", [1, 2, 3]);
        using var client = Clients.Open(hub.Endpoint);

        var files = await client.ListFilesAsync(Clients.Tiny, await hub.CommitAsync("acme/tiny"), Cancellation);

        files
            .Select(file => file.Path)
            .Should()
            .BeEquivalentTo([.. Enumerable.Range(0, 20).Select(i => $"d{i % 4}/f{i}.json"), "model.safetensors"]);
        files
            .Single(file => file.IsLfs)
            .Should()
            .Be(
                new HubFile(
                    "model.safetensors",
                    3,
                    Sha256Digest.Parse(
                        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([1, 2, 3]))
                    )
                )
            );
        (await hub.RecordAsync()).Count(request => request.On == "tree").Should().BeGreaterThan(6);
    }

    [Fact]
    public async Task A_dataset_and_a_repository_without_a_namespace_are_listed_and_downloaded()
    {
        await using var hub = await TestHubFixture.StartAsync("--prefix", "/some/hf");
        hub.Repository("gpt2").File("config.json", "{}");
        hub.Dataset("acme/words").Lfs("data.bin", [9]);
        hub.Space("acme/app").File("app.py", "x");
        using var client = Clients.Open(hub.Endpoint);

        (await WholeAsync(RepositoryId.Parse("gpt2"))).Should().Equal("{}"u8.ToArray());
        (await WholeAsync(RepositoryId.Parse("acme/words", "dataset"))).Should().Equal([9]);
        (await WholeAsync(RepositoryId.Parse("acme/app", "space"))).Should().Equal("x"u8.ToArray());

        async Task<byte[]> WholeAsync(RepositoryId id)
        {
            var revision = await client.ResolveRevisionAsync(id, "main", Cancellation);
            return await Clients.BytesAsync(
                client.Open(
                    id,
                    revision.Commit.ToString(),
                    (await client.ListFilesAsync(revision, Cancellation)).Single()
                )
            );
        }
    }

    [Fact]
    public async Task The_next_page_may_be_a_relative_reference_among_other_links()
    {
        await using var server = new ScriptedServer(request =>
            request.Target.Contains("cursor", StringComparison.Ordinal)
                ? Answer(200, Two)
                : Answer(
                    200,
                    One,
                    "Link: <https://x.example/a,b>; rel=\"first\", "
                        + "<?recursive=true&cursor=a%3D>; title=\"a, b\"; rel=\"next\""
                )
        );

        (await ListAsync(server, "hf_secret")).Select(file => file.Path).Should().Equal("one", "two");

        server.Requests.Last().Target.Should().Be($"/api/models/acme/tiny/tree/{Oid}?recursive=true&cursor=a%3D");
        server.Requests.Should().OnlyContain(request => request.Header("Authorization") == "Bearer hf_secret");
    }

    [Fact]
    public async Task Another_host_is_never_asked_for_a_page()
    {
        await using var other = new ScriptedServer(_ => Answer(200, Two));
        await using var server = new ScriptedServer(_ => Answer(200, One, $"Link: <{other.Url}/x>; rel=\"next\""));

        (await FailingAsync(server)).Message.Should().Contain("invalid next page");

        other.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(
        "https://huggingface.co/api/models/acme/tiny/tree/0123456789abcdef0123456789abcdef01234567?cursor=a%3D"
    )]
    [InlineData(
        "http://other.example/up/stream/api/models/acme/tiny/tree/0123456789abcdef0123456789abcdef01234567?cursor=a%3D"
    )]
    [InlineData("/api/models/acme/tiny/tree/0123456789abcdef0123456789abcdef01234567?cursor=a%3D")]
    [InlineData("/some/hf/api/models/acme/tiny/tree/0123456789abcdef0123456789abcdef01234567?cursor=a%3D")]
    [InlineData("?cursor=a%3D")]
    public async Task A_mirror_below_a_path_is_asked_for_every_page_whatever_its_links_name(string link)
    {
        await using var mirror = new ScriptedServer(request =>
            request.Target.Contains("cursor", StringComparison.Ordinal)
                ? Answer(200, Two)
                : Answer(200, One, $"Link: <{link}>; rel=\"next\"")
        );
        using var client = Clients.Open(mirror.Url + "/some/hf", "hf_secret");

        (await client.ListFilesAsync(Clients.Tiny, Clients.Commit, Cancellation)).Should().HaveCount(2);

        mirror.Requests.Last().Target.Should().Be($"/some/hf/api/models/acme/tiny/tree/{Oid}?cursor=a%3D");
        mirror.Requests.Last().Header("Authorization").Should().Be("Bearer hf_secret");
    }

    [Theory]
    [InlineData("https://huggingface.co/api/models/acme/new/tree/0123456789abcdef0123456789abcdef01234567?x")]
    [InlineData("/api/models/acme/new/tree/0123456789abcdef0123456789abcdef01234567?x")]
    public async Task A_mirror_below_a_path_is_asked_where_the_hub_redirects_to_itself(string location)
    {
        await using var mirror = new ScriptedServer(request =>
            request.Target.Contains("acme/new", StringComparison.Ordinal) ? Answer(200, One) : Redirect(location)
        );
        using var client = Clients.Open(mirror.Url + "/some/hf", "hf_secret");

        (await client.ListFilesAsync(Clients.Tiny, Clients.Commit, Cancellation)).Should().HaveCount(1);

        mirror.Requests.Last().Target.Should().Be($"/some/hf/api/models/acme/new/tree/{Oid}?x");
    }

    [Fact]
    public async Task Endless_pages_with_ever_new_addresses_and_nothing_new_end()
    {
        var page = 0;
        await using var server = new ScriptedServer(_ =>
            Answer(200, One, $"Link: <?cursor={Interlocked.Increment(ref page)}>; rel=\"next\"")
        );

        (await FailingAsync(server)).Message.Should().Contain("endless listing");
        server.Requests.Count.Should().BeLessThan(20);
    }

    [Fact]
    public async Task An_answer_larger_than_64_MiB_is_not_read_to_its_end()
    {
        await using var server = new ScriptedServer(_ => Answer(200, new string(' ', 65 << 20)));

        (await FailingAsync(server)).Message.Should().Contain("too large");
    }

    [Fact]
    public async Task A_cycle_of_pages_is_an_error()
    {
        await using var server = new ScriptedServer(_ =>
            Answer(200, One, "Link: </api/models/acme/tiny/tree/0123456789abcdef0123456789abcdef01234567?a>; rel=next")
        );

        (await FailingAsync(server)).Message.Should().Contain("endless listing").And.NotContain("?a");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://x/")]
    public async Task A_next_page_that_is_not_an_http_url_is_an_error(string link)
    {
        await using var server = new ScriptedServer(_ => Answer(200, One, $"Link: <{link}>; rel=\"next\""));

        (await FailingAsync(server)).Code.Should().Be(ExitCode.Integrity);
    }

    [Fact]
    public async Task A_missing_page_is_an_error_not_a_shorter_listing()
    {
        await using var server = new ScriptedServer(request =>
            request.Target.Contains("p2", StringComparison.Ordinal)
                ? Answer(500)
                : Answer(200, One, "Link: <?p2>; rel=\"next\"")
        );

        (await FailingAsync(server)).Code.Should().Be(ExitCode.Network);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("""[{"type":"file","size":1,"oid":"0123456789abcdef0123456789abcdef01234567"}]""")]
    [InlineData("""[{"type":"file","path":null,"size":1,"oid":"0123456789abcdef0123456789abcdef01234567"}]""")]
    [InlineData("""[{"type":"file","path":"a","oid":"0123456789abcdef0123456789abcdef01234567"}]""")]
    [InlineData("""[{"type":"file","path":"a","size":1}]""")]
    [InlineData("""[{"type":"file","path":"a","size":-1,"oid":"0123456789abcdef0123456789abcdef01234567"}]""")]
    [InlineData("""[{"type":"file","path":"a","size":1.5,"oid":"0123456789abcdef0123456789abcdef01234567"}]""")]
    [InlineData(
        """[{"type":"file","path":"a","size":99999999999999999999,"oid":"0123456789abcdef0123456789abcdef01234567"}]"""
    )]
    [InlineData("""[{"type":"file","path":"a","size":1,"oid":"short"}]""")]
    [InlineData(
        """
            [{"type":"file","path":"a","size":1,"oid":"0123456789abcdef0123456789abcdef01234567",
              "lfs":{"oid":"x","size":1}}]
            """
    )]
    [InlineData("""[{"type":"file","path":"a","size":1,"oid":"0123456789abcdef0123456789abcdef01234567","lfs":{}}]""")]
    [InlineData("""[{"type":"file","path":"\ud800","size":1,"oid":"0123456789abcdef0123456789abcdef01234567"}]""")]
    [InlineData("""[{"path":"a","size":1,"oid":"0123456789abcdef0123456789abcdef01234567"}]""")]
    public async Task A_malformed_listing_is_an_error(string body)
    {
        await using var server = new ScriptedServer(_ => Answer(200, body, "Content-Type: application/json"));

        (await FailingAsync(server)).Code.Should().Be(ExitCode.Integrity);
    }

    [Fact]
    public async Task A_truncated_body_is_requested_again()
    {
        var times = 0;
        await using var server = new ScriptedServer(_ =>
            Interlocked.Increment(ref times) == 1
                ? $"HTTP/1.1 200 X\r\nContent-Length: {One.Length}\r\n\r\n{One[..10]}"
                : Answer(200, One)
        );

        (await ListAsync(server)).Should().HaveCount(1);
    }

    [Fact]
    public async Task Unknown_fields_are_ignored_folders_are_skipped_and_paths_are_unchanged()
    {
        var page = $$"""
            [{"type":"directory","path":"d","oid":"{{Oid}}","size":0},
             {"type":"file","path":"../x","size":1,"oid":"{{Oid.ToUpperInvariant()}}","new":{"a":[1] } },
             {"type":"submodule","path":"d/m"},
             {"type":"file","path":"","size":0,"oid":"{{Oid}}","lfs":null},
             {"type":"file","path":"\u0000\u00e4","size":140,"oid":"{{Oid}}","xetHash":"x",
              "lfs":{"oid":"{{Sha}}","size":5000000000,"pointerSize":140} }]
            """;
        var warnings = new List<string>();
        await using var server = new ScriptedServer(_ => Answer(200, page));
        using var client = Clients.Open(server.Url, options: Clients.Options() with { Warn = warnings.Add });

        (await client.ListFilesAsync(Clients.Tiny, Clients.Commit, Cancellation))
            .Should()
            .Equal(
                Clients.File("../x"),
                Clients.File("", 0),
                new HubFile("\0ä", 5_000_000_000, Sha256Digest.Parse(Sha))
            );
        warnings.Should().ContainSingle().Which.Should().Contain("skipped d/m, which is neither a file nor a folder");
    }

    [Fact]
    public async Task The_last_of_two_fields_of_the_same_name_wins()
    {
        var page = $$"""[{"type":"directory","path":"x","type":"file","path":"a","size":1,"oid":"{{Oid}}"}]""";
        await using var server = new ScriptedServer(_ => Answer(200, page));

        (await ListAsync(server)).Should().Equal(Clients.File("a"));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(70, false)]
    public async Task An_unknown_field_may_be_nested_up_to_the_parsers_limit(int depth, bool accepted)
    {
        var nested = new string('[', depth) + new string(']', depth);
        await using var server = new ScriptedServer(_ => Answer(200, One.Replace("{", $"{{\"new\":{nested},")));

        if (accepted)
            (await ListAsync(server)).Should().HaveCount(1);
        else
            (await FailingAsync(server)).Code.Should().Be(ExitCode.Integrity);
    }

    [Theory]
    [InlineData("""{"tags":[{"name":"v1"}],"branches":[{"name":"main","new":1}],"converts":null}""", "v1")]
    [InlineData("""{"tags":[]}""", "")]
    [InlineData("{}", "")]
    public async Task Tags_are_listed_by_name(string refs, string names)
    {
        await using var server = new ScriptedServer(_ => Answer(200, refs));
        using var client = Clients.Open(server.Url);

        string.Join(' ', await client.ListTagsAsync(Clients.Tiny, Cancellation)).Should().Be(names);
    }

    [Fact]
    public async Task Another_commit_than_the_requested_one_is_an_error()
    {
        await using var server = new ScriptedServer(_ => Answer(200, $$"""{"sha":"{{Oid}}","gated":"auto"}"""));
        using var client = Clients.Open(server.Url);

        (await client.ResolveRevisionAsync(Clients.Tiny, "main", Cancellation))
            .Should()
            .Be(new Revision(Clients.Tiny, CommitId.Parse(Oid)) { IsGated = true });
        await FluentActions
            .Awaiting(() => client.ResolveRevisionAsync(Clients.Tiny, new string('1', 40), Cancellation))
            .Should()
            .ThrowAsync<HubFailure>();
    }

    [Fact]
    public async Task The_hubs_spelling_of_an_id_counts_and_a_new_name_does_not()
    {
        var id = "Acme/Tiny";
        await using var server = new ScriptedServer(_ => Answer(200, $$"""{"id":"{{id}}","sha":"{{Oid}}"}"""));
        using var client = Clients.Open(server.Url);

        (await client.ResolveRevisionAsync(Clients.Tiny, "main", Cancellation))
            .Repository.ToString()
            .Should()
            .Be("Acme/Tiny");
        id = "acme/renamed";
        (await client.ResolveRevisionAsync(Clients.Tiny, "main", Cancellation)).Repository.Should().Be(Clients.Tiny);
    }

    private static async Task<IReadOnlyList<HubFile>> ListAsync(ScriptedServer server, string? token = null)
    {
        using var client = Clients.Open(server.Url, token);
        return await client.ListFilesAsync(Clients.Tiny, Clients.Commit, Cancellation);
    }

    private static async Task<HubFailure> FailingAsync(ScriptedServer server) =>
        (await FluentActions.Awaiting(() => ListAsync(server)).Should().ThrowAsync<HubFailure>()).Which;
}
