using CsCheck;
using NixAiModels.Hub;

namespace NixAiModels.Tests.Hub;

public class HubUrlTests
{
    [Fact]
    public async Task Names_with_every_character_that_git_allows_reach_the_hub_unchanged()
    {
        string[] names =
        [
            "a#b",
            "a?b",
            "a%b",
            "a%20b",
            "a b",
            "a+b",
            "a&b=c",
            "ä/ö/ü",
            "日本語",
            "😀",
            "a\\b",
            "a\nb",
            "a\tb",
            "a\"b",
            "a'b",
            "a<b>",
            "[a]",
            "{a}",
            "a|b",
            "a^b",
            "a`b",
            "~a",
            "...",
            "a:b",
            "a;b",
            "a,b",
            "@a",
            "$a",
            "!a",
            "(a)",
            "*",
            "\u007f",
            " ",
            "%2e%2e",
            "x/.hidden/y.",
            "e\u0301",
        ];
        await using var server = new ScriptedServer(_ => ScriptedServer.Answer(200, "x"));
        using var client = Clients.Open(server.Url);

        foreach (var name in names)
            await Clients.BytesAsync(client.Open(Clients.Tiny, "main", Clients.File(name)));

        server
            .Requests.Select(request =>
                string.Join(
                    '/',
                    request.Target["/acme/tiny/resolve/main/".Length..].Split('/').Select(Uri.UnescapeDataString)
                )
            )
            .Should()
            .Equal(names);
        server
            .Requests.Should()
            .OnlyContain(request => request.Target.All(c => char.IsAsciiLetterOrDigit(c) || "-._~%/".Contains(c)));
    }

    [Fact]
    public void Any_name_survives_the_round_trip_through_its_url()
    {
        Gen.String[Gen.Char['\u0001', '\ud7ff'], 1, 20]
            .Where(name => name.Split('/').All(part => part is not ("" or "." or "..")))
            .Sample(name =>
            {
                var url = HubUrl.Resolve(HubEndpoint.Default, Clients.Tiny, "main", name);
                return Uri.UnescapeDataString(url.PathAndQuery["/acme/tiny/resolve/main/".Length..]) == name;
            });
    }

    [Fact]
    public async Task A_revision_is_one_segment_and_the_prefix_of_the_endpoint_is_kept()
    {
        await using var server = new ScriptedServer(_ =>
            ScriptedServer.Answer(200, $$"""{"sha":"{{new string('a', 40)}}"}""")
        );
        using var client = Clients.Open(server.Url + "/some/prefix/");

        await client.ResolveRevisionAsync(
            RepositoryId.Parse("squad", "dataset"),
            "refs/pr/1 #?",
            TestContext.Current.CancellationToken
        );

        server.Requests.Single().Target.Should().Be("/some/prefix/api/datasets/squad/revision/refs%2Fpr%2F1%20%23%3F");
    }

    [Theory]
    [InlineData("https://huggingface.co/", "https://huggingface.co")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("https://mirror.example/hf//", "https://mirror.example/hf")]
    [InlineData(" https://mirror.example ", "https://mirror.example")]
    public void An_endpoint_loses_its_trailing_slash(string text, string expected)
    {
        HubEndpoint.Parse(text).ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData("huggingface.co")]
    [InlineData("ftp://huggingface.co")]
    [InlineData("https://user:secret@huggingface.co")]
    [InlineData("https://huggingface.co?token=secret")]
    public void An_invalid_endpoint_is_rejected_without_showing_secrets(string text)
    {
        var failure = FluentActions.Invoking(() => HubEndpoint.Parse(text)).Should().Throw<Failure>().Which;

        failure.Code.Should().Be(ExitCode.Usage);
        (failure.Message + failure.Next).Should().NotContain("secret");
    }

    [Fact]
    public void HF_ENDPOINT_is_the_default_and_an_empty_one_counts_as_unset()
    {
        HubEndpoint
            .Choose(null, Clients.Variables(("HF_ENDPOINT", "https://m.example")))
            .ToString()
            .Should()
            .Be("https://m.example");
        HubEndpoint
            .Choose("https://o.example", Clients.Variables(("HF_ENDPOINT", "https://m.example")))
            .ToString()
            .Should()
            .Be("https://o.example");
        HubEndpoint.Choose(null, Clients.Variables(("HF_ENDPOINT", ""))).Should().Be(HubEndpoint.Default);
    }

    [Theory]
    [InlineData("https://cdn.example/a%7Eb%2Fc?x=%2f&y=a+b", "https://cdn.example/a%7Eb%2Fc?x=%2f&y=a+b")]
    [InlineData("//cdn.example/x", "https://cdn.example/x")]
    [InlineData("/x/../y", "https://h.example/y")]
    [InlineData("z?q", "https://h.example/a/z?q")]
    [InlineData("../z", "https://h.example/z")]
    [InlineData("?q", "https://h.example/a/b?q")]
    [InlineData("https://cdn.example/a b\u00fc#frag", "https://cdn.example/a%20b%FC")]
    [InlineData("https:///x", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("file:///etc/passwd", null)]
    public void A_location_keeps_the_escapes_that_were_signed(string header, string? expected)
    {
        HubUrl
            .ResolveReference(HubUrl.Exact("https://h.example/a/b?old"), header)
            ?.OriginalString.Should()
            .Be(expected);
        (HubUrl.ResolveReference(HubUrl.Exact("https://h.example/a/b?old"), header) is null)
            .Should()
            .Be(expected is null);
    }
}
