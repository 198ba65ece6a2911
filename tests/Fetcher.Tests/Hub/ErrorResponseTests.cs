using NixAiModels.Hub;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

public sealed class ErrorResponseTests(TestHubFixture hub) : IClassFixture<TestHubFixture>
{
    private readonly string _name = $"acme/{Guid.NewGuid():N}";

    [Fact]
    public async Task No_token_an_invalid_token_an_unaccepted_licence_and_a_missing_repository_have_different_messages()
    {
        hub.Repository(_name).File("config.json", "{}").Gated("hf_good").Unaccepted("hf_new");

        var noToken = await RefusedAsync(_name, null);
        var refused = await RefusedAsync(_name, "hf_expired");
        var unaccepted = await RefusedAsync(_name, "hf_new");
        var notThere = await RefusedAsync("acme/none", "hf_good");

        noToken.Kind.Should().Be(HubFailureKind.TokenRequired);
        noToken.Next.Should().Contain("HF_TOKEN=").And.Contain($"{hub.Endpoint}/{_name}");
        refused.Kind.Should().Be(HubFailureKind.InvalidToken);
        refused.Message.Should().Contain("token from HF_TOKEN");
        unaccepted.Kind.Should().Be(HubFailureKind.LicenceNotAccepted);
        unaccepted.Next.Should().Contain($"{hub.Endpoint}/{_name}");
        notThere.Kind.Should().Be(HubFailureKind.RepositoryNotFound);
        notThere.Code.Should().Be(ExitCode.NotFound);
        new[] { noToken, refused, unaccepted }
            .Should()
            .OnlyContain(failure => failure.Code == ExitCode.NotAllowed && failure.IsAboutAccess);
        foreach (var failure in (HubFailure[])[noToken, refused, unaccepted, notThere])
        {
            failure
                .ToString()
                .Should()
                .NotContain("hf_good")
                .And.NotContain("hf_new")
                .And.NotContain("hf_expired")
                .And.Contain(hub.Endpoint);
        }
    }

    [Fact]
    public async Task An_invalid_token_is_named_as_what_the_user_set()
    {
        hub.Repository(_name).File("config.json", "{}").Gated("hf_good");
        using var client = new HubClient(
            HubEndpoint.Parse(hub.Endpoint),
            HubToken.FromVariable("MY_TOKEN", "hf_expired", TokenScope.Of([hub.Endpoint])),
            Clients.Options()
        );

        var refused = await FluentActions
            .Awaiting(() =>
                client.ResolveRevisionAsync(RepositoryId.Parse(_name), "main", TestContext.Current.CancellationToken)
            )
            .Should()
            .ThrowAsync<HubFailure>();

        $"{refused.Which.Message} {refused.Which.Next}".Should().Contain("MY_TOKEN").And.NotContain("HF_TOKEN");
    }

    [Fact]
    public async Task A_token_that_the_hub_repeats_is_not_shown_even_where_the_message_is_cut()
    {
        await using var server = new ScriptedServer(_ =>
            ScriptedServer.Answer(403, "", $"X-Error-Message: {new string('x', 190)} hf_repeatedByTheHub")
        );
        using var client = Clients.Open(server.Url, "hf_repeatedByTheHub");

        var refused = await FluentActions
            .Awaiting(() => client.ResolveRevisionAsync(Clients.Tiny, "main", TestContext.Current.CancellationToken))
            .Should()
            .ThrowAsync<HubFailure>();

        refused.Which.ToString().Should().Contain("lacks a permission").And.NotContain("hf_re");
    }

    [Fact]
    public async Task Without_a_token_a_missing_repository_may_also_be_private()
    {
        var failure = await RefusedAsync("acme/none", null);

        failure.Kind.Should().Be(HubFailureKind.TokenRequired);
        failure.Message.Should().Contain("acme/none was not found; it may be private or gated (no token was sent)");
    }

    [Fact]
    public async Task A_private_repository_is_readable_with_its_token()
    {
        hub.Repository(_name).File("config.json", "{}").Private("hf_good");
        using var client = Clients.Open(hub.Endpoint, "hf_good");

        var revision = await client.ResolveRevisionAsync(
            RepositoryId.Parse(_name),
            "main",
            TestContext.Current.CancellationToken
        );

        revision.IsPrivate.Should().BeTrue();
        revision.Commit.ToString().Should().Be(await hub.CommitAsync(_name, token: "hf_good"));
    }

    [Fact]
    public async Task A_missing_permission_is_named()
    {
        hub.Repository(_name).File("config.json", "{}").Gated("hf_good").Limited("hf_fine");

        var failure = await RefusedAsync(_name, "hf_fine");

        failure.Kind.Should().Be(HubFailureKind.InsufficientPermission);
        failure.Message.Should().Contain("Please enable access to public gated repositories");
    }

    [Fact]
    public async Task A_disabled_repository_is_reported_as_such()
    {
        hub.Repository(_name).File("config.json", "{}").Disabled();

        var failure = await RefusedAsync(_name, null);

        failure.Kind.Should().Be(HubFailureKind.RepositoryDisabled);
        failure.IsAboutAccess.Should().BeFalse();
    }

    [Fact]
    public async Task A_misspelled_revision_gets_suggestions()
    {
        hub.Repository(_name).File("config.json", "{}").Tag("v1.0");

        (await RefusedAsync(_name, null, "mian")).Message.Should().Contain("did you mean main?");
        var failure = await RefusedAsync(_name, null, "1.0");

        failure.Kind.Should().Be(HubFailureKind.RevisionNotFound);
        failure.Message.Should().Contain("did you mean v1.0?");
        failure.Next.Should().Contain("main").And.Contain("v1.0");
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        hub.Repository(_name).File("config.json", "{}");
        using var client = Clients.Open(hub.Endpoint);

        var failure = (
            await FluentActions
                .Awaiting(() =>
                    Clients.BytesAsync(client.Open(RepositoryId.Parse(_name), "main", Clients.File("a b\nc")))
                )
                .Should()
                .ThrowAsync<HubFailure>()
        ).Which;

        failure.Kind.Should().Be(HubFailureKind.FileNotFound);
        failure.Message.Should().Contain("a b\\u{a}c").And.NotContain("\n");
    }

    [Theory]
    [InlineData(401, "", "", true, HubFailureKind.InvalidToken)]
    [InlineData(401, "RepoNotFound", "", true, HubFailureKind.RepositoryNotFound)]
    [InlineData(401, "", "", false, HubFailureKind.TokenRequired)]
    [InlineData(401, "GatedRepo", "", true, HubFailureKind.LicenceNotAccepted)]
    [InlineData(403, "GatedRepo", "", false, HubFailureKind.TokenRequired)]
    [InlineData(403, "", "", false, HubFailureKind.TokenRequired)]
    [InlineData(403, "", "no scope", true, HubFailureKind.InsufficientPermission)]
    [InlineData(403, "", "Access to this resource is disabled.", true, HubFailureKind.RepositoryDisabled)]
    [InlineData(451, "", "", false, HubFailureKind.RepositoryDisabled)]
    [InlineData(404, "RepoNotFound", "", false, HubFailureKind.RepositoryNotFound)]
    [InlineData(404, "EntryNotFound", "", false, HubFailureKind.FileNotFound)]
    [InlineData(404, "", "", false, HubFailureKind.RepositoryNotFound)]
    [InlineData(407, "", "", false, HubFailureKind.Proxy)]
    [InlineData(416, "", "", false, HubFailureKind.RangeNotSatisfiable)]
    [InlineData(418, "", "", false, HubFailureKind.ServerError)]
    [InlineData(501, "", "", false, HubFailureKind.ServerError)]
    public async Task Every_error_response_has_its_kind(
        int status,
        string code,
        string message,
        bool token,
        HubFailureKind kind
    )
    {
        await using var server = new ScriptedServer(_ =>
            Answer(status, "<html>", $"X-Error-Code: {code}", $"X-Error-Message: {message}")
        );
        using var client = Clients.Open(server.Url, token ? "hf_secret" : null);

        var failure = await client.FailingAsync();

        failure.Kind.Should().Be(kind);
        failure
            .Message.Should()
            .Contain($"{server.Url}/api/models/acme/tiny/tree/{Clients.Commit}")
            .And.NotContain("?")
            .And.NotContain("secret");
        if (message.Length > 0)
            failure.Message.Should().Contain(message);
        failure.Next.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_hostile_message_cannot_control_the_terminal()
    {
        await using var server = new ScriptedServer(_ => Answer(418, "", "X-Error-Message: \x1b[31merror: run this"));
        using var client = Clients.Open(server.Url);

        (await client.FailingAsync()).Message.Should().NotContain("\x1b");
    }

    private async Task<HubFailure> RefusedAsync(string repository, string? token, string revision = "main")
    {
        using var client = Clients.Open(hub.Endpoint, token);
        var id = RepositoryId.Parse(repository);
        return (
            await FluentActions
                .Awaiting(async () =>
                {
                    await client.ResolveRevisionAsync(id, revision, TestContext.Current.CancellationToken);
                    await Clients.BytesAsync(client.Open(id, revision, Clients.File("config.json", 2)));
                })
                .Should()
                .ThrowAsync<HubFailure>()
        ).Which;
    }
}
