using NixAiModels.Hub;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

public class RedirectTests
{
    private static readonly HubFile Listed = Clients.File("model.bin", 4);

    [Fact]
    public async Task A_renamed_private_repository_keeps_the_token_on_a_relative_redirect()
    {
        await using var running = await TestHubFixture.StartAsync();
        running.Repository("acme/new").File("config.json", "{}").Private("hf_good");
        running.Repository("acme/old").File("x", "").RenamedTo("acme/new");
        using var client = Clients.Open(running.Endpoint, "hf_good");

        var files = await client.ListFilesAsync(
            RepositoryId.Parse("acme/old"),
            await running.CommitAsync("acme/new", token: "hf_good"),
            TestContext.Current.CancellationToken
        );
        var bytes = await Clients.BytesAsync(client.Open(RepositoryId.Parse("acme/old"), "main", files.Single()));

        bytes.Should().Equal("{}"u8.ToArray());
        (await running.RecordAsync()).Should().OnlyContain(request => request.Authorization);
    }

    [Fact]
    public async Task No_token_goes_to_another_port_nor_back_to_the_hub_from_there()
    {
        ScriptedServer home = null!;
        await using var cdn = new ScriptedServer(request =>
            request.Target == "/back" ? Redirect($"{home.Url}/final") : Answer(200, "data")
        );
        await using var hub = home = new ScriptedServer(request =>
            request.Target.EndsWith("model.bin", StringComparison.Ordinal)
                ? Redirect($"{cdn.Url}/back")
                : Answer(200, "data")
        );
        using var client = Clients.Open(hub.Url, "hf_secret");

        await Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed));

        hub.Requests.Select(request => request.Header("Authorization")).Should().Equal("Bearer hf_secret", null);
        cdn.Requests.Single().Header("Authorization").Should().BeNull();
    }

    [Fact]
    public async Task No_token_goes_to_another_name_of_the_same_machine()
    {
        ScriptedServer home = null!;
        await using var hub = home = new ScriptedServer(request =>
            request.Header("Host")!.StartsWith("127", StringComparison.Ordinal)
                ? Redirect($"http://localhost:{home.Port}/x")
                : Answer(200, "data")
        );
        using var client = Clients.Open(hub.Url, "hf_secret");

        await Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed));

        hub.Requests.Select(request => request.Header("Authorization") is not null).Should().Equal(true, false);
    }

    [Fact]
    public async Task No_token_goes_to_a_url_whose_user_name_looks_like_the_host()
    {
        ScriptedServer home = null!;
        await using var other = new ScriptedServer(_ => Answer(200, "data"));
        await using var hub = home = new ScriptedServer(_ =>
            Redirect($"http://127.0.0.1:{home.Port}@127.0.0.1:{other.Port}/x")
        );
        using var client = Clients.Open(hub.Url, "hf_secret");

        await Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed));

        other.Requests.Single().Header("Authorization").Should().BeNull();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Every_kind_of_redirect_within_the_hub_keeps_the_token(int status)
    {
        await using var hub = new ScriptedServer(request =>
            request.Target == "/there" ? Answer(200, "data") : Redirect("/there", status)
        );
        using var client = Clients.Open(hub.Url, "hf_secret");

        await Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed));

        hub.Requests.Should()
            .HaveCount(2)
            .And.OnlyContain(request => request.Header("Authorization") == "Bearer hf_secret");
    }

    [Fact]
    public async Task A_cycle_of_redirects_is_an_error()
    {
        await using var hub = new ScriptedServer(_ => Redirect("/again"));
        using var client = Clients.Open(hub.Url);

        var failure = (
            await FluentActions
                .Awaiting(() => Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed)))
                .Should()
                .ThrowAsync<HubFailure>()
        ).Which;

        failure.Kind.Should().Be(HubFailureKind.InvalidRedirect);
        hub.Requests.Should().HaveCount(11);
    }

    [Theory]
    [InlineData("")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://")]
    public async Task A_redirect_without_a_valid_location_is_an_error(string location)
    {
        await using var hub = new ScriptedServer(_ => Redirect(location));
        using var client = Clients.Open(hub.Url);

        (
            await FluentActions
                .Awaiting(() => Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed)))
                .Should()
                .ThrowAsync<HubFailure>()
        )
            .Which.Kind.Should()
            .Be(HubFailureKind.InvalidRedirect);
    }

    [Fact]
    public async Task A_signed_location_is_requested_byte_for_byte()
    {
        await using var cdn = new ScriptedServer(_ => Answer(200, "data"));
        await using var hub = new ScriptedServer(_ => Redirect($"{cdn.Url}/%7ea%2Fb/../%2e?sig=a%2fb+c&x=%7E"));
        using var client = Clients.Open(hub.Url);

        await Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed));

        cdn.Requests.Single().Target.Should().Be("/%7ea%2Fb/../%2e?sig=a%2fb+c&x=%7E");
    }

    [Fact]
    public async Task Requests_have_a_user_agent_and_ask_for_no_compression()
    {
        await using var hub = new ScriptedServer(_ => Answer(200, "data"));
        using var client = Clients.Open(hub.Url);

        await Clients.BytesAsync(client.Open(Clients.Tiny, "main", Listed), 1, 2);

        var request = hub.Requests.Single();
        request.Header("User-Agent").Should().MatchRegex(@"^nix-ai-models/\d+\.\d+\.\d+$");
        request.Header("Accept-Encoding").Should().Be("identity");
        request.Header("Range").Should().Be("bytes=1-2");
        request.Header("Authorization").Should().BeNull();
    }
}
