using NixAiModels.Hub;
using NixAiModels.Transfer;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

public sealed class RemoteFileTests(TestHubFixture hub) : IClassFixture<TestHubFixture>
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))];
    private static readonly HubFile Model = new("model.bin", 200_000, Sha256Digest.Parse(new string('0', 64)));

    private readonly string _name = $"acme/{Guid.NewGuid():N}";

    [Fact]
    public async Task All_ranges_of_a_file_share_one_request_to_the_hub_and_the_cdn_gets_no_token()
    {
        hub.Repository(_name).Lfs("model.bin", Weights).Private("hf_good");
        using var client = Clients.Open(hub.Endpoint, "hf_good");
        var file = client.Open(RepositoryId.Parse(_name), "main", Model);

        var parts = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Clients.BytesAsync(file, i * 10_000, (i * 10_000) + 9_999))
        );

        parts.SelectMany(part => part).Should().Equal(Weights);
        var record = (await hub.RecordAsync()).Where(request => request.Repo == _name).ToList();
        record.Count(request => request.On == "resolve").Should().Be(1);
        record
            .Where(request => request.Origin == "cdn")
            .Should()
            .HaveCount(20)
            .And.OnlyContain(request => !request.Authorization);
    }

    [Fact]
    public async Task A_small_file_takes_one_request()
    {
        hub.Repository(_name).File("config.json", "{}");
        using var client = Clients.Open(hub.Endpoint);

        (await Clients.BytesAsync(client.Open(RepositoryId.Parse(_name), "main", Clients.File("config.json", 2))))
            .Should()
            .Equal("{}"u8.ToArray());

        (await hub.RecordAsync()).Count(request => request.Repo == _name).Should().Be(1);
    }

    [Fact]
    public async Task An_expired_location_is_renewed_once_for_all_ranges()
    {
        hub.Repository(_name)
            .Lfs("model.bin", Weights)
            .Fault(
                new
                {
                    kind = "expired",
                    skip = 3,
                    times = 1,
                }
            );
        using var client = Clients.Open(hub.Endpoint);
        var file = client.Open(RepositoryId.Parse(_name), "main", Model);

        for (var i = 0; i < 10; i++)
            (await Clients.BytesAsync(file, i, i)).Should().Equal(Weights[i]);

        (await hub.RecordAsync()).Count(request => request.Repo == _name && request.On == "resolve").Should().Be(2);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(410)]
    public async Task A_renewed_location_that_is_refused_too_is_for_the_transfer_to_retry(int status)
    {
        await using var cdn = new ScriptedServer(_ => Answer(status));
        await using var server = new ScriptedServer(_ => Redirect($"{cdn.Url}/x?Signature=s3cret"));
        using var client = Clients.Open(server.Url, "hf_secret");

        var failure = (
            await FluentActions
                .Awaiting(() => Clients.BytesAsync(client.Open(Clients.Tiny, "main", Model)))
                .Should()
                .ThrowAsync<TransferFault>()
        ).Which;

        failure.Code.Should().Be(ExitCode.Network);
        failure.Message.Should().Contain($"{cdn.Url}/x").And.Contain($"{status}").And.NotContain("s3cret");
        server.Requests.Should().HaveCount(2);
        cdn.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_location_that_says_when_it_expires_is_renewed_before_then()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

        SignedLocation
            .OfRedirect(new Uri("https://cdn/x?Expires=1003600&Signature=x"), now)
            .RenewAt.Should()
            .Be(now.AddSeconds(3570));
        SignedLocation
            .OfRedirect(new Uri($"https://s3/x?X-Amz-Date=19700112T134640Z&X-Amz-Expires=900"), now)
            .RenewAt.Should()
            .Be(now.AddSeconds(870));
        SignedLocation
            .OfRedirect(new Uri("https://cdn/x?Expires=999"), now)
            .RenewAt.Should()
            .BeNull("our clock may be wrong");
        SignedLocation.OfRedirect(new Uri("https://cdn/x?Expires=99999999999999999999"), now).RenewAt.Should().BeNull();
        SignedLocation.OfRedirect(new Uri("https://cdn/x"), now).RenewAt.Should().BeNull();

        await using var cdn = new ScriptedServer(_ => Answer(200, "data"));
        await using var server = new ScriptedServer(_ =>
            Redirect($"{cdn.Url}/x?Expires={DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 32}")
        );
        using var client = Clients.Open(server.Url);
        var file = client.Open(Clients.Tiny, "main", Model);
        await Clients.BytesAsync(file);
        await Clients.BytesAsync(file);
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        await Clients.BytesAsync(file);

        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_cancelled_caller_leaves_the_request_to_the_others()
    {
        using var requested = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        await using var server = new ScriptedServer(_ =>
        {
            requested.Set();
            go.Wait(TimeSpan.FromSeconds(1));
            return Answer(200, "data");
        });
        using var client = Clients.Open(server.Url);
        var file = client.Open(Clients.Tiny, "main", Model);
        using var leaving = new CancellationTokenSource();

        var first = file.GetAsync(null, leaving.Token);
        requested.Wait(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken).Should().BeTrue();
        var second = Clients.BytesAsync(file);
        await leaving.CancelAsync();
        go.Set();

        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        (await second).Should().Equal("data"u8.ToArray());
    }

    [Fact]
    public async Task A_hub_that_serves_files_itself_gets_parallel_requests_with_the_token()
    {
        await using var server = new ScriptedServer(request =>
            request.Target.StartsWith("/files", StringComparison.Ordinal)
                ? Answer(206, "da", "Content-Range: bytes 0-1/4")
                : Redirect("/files/x", 307)
        );
        using var client = Clients.Open(server.Url, "hf_secret");
        var file = client.Open(Clients.Tiny, "main", Model);

        for (var i = 0; i < 3; i++)
            await Clients.BytesAsync(file, 0, 1);

        server
            .Requests.Select(request => request.Target.Split('/')[1])
            .Should()
            .Equal("acme", "files", "files", "files");
        server.Requests.Should().OnlyContain(request => request.Header("Authorization") == "Bearer hf_secret");
    }

    [Fact]
    public async Task A_file_that_is_shorter_than_listed_is_an_error()
    {
        await using var cdn = new ScriptedServer(_ => Answer(416));
        await using var server = new ScriptedServer(_ => Redirect($"{cdn.Url}/x"));
        using var client = Clients.Open(server.Url);

        (
            await FluentActions
                .Awaiting(() => Clients.BytesAsync(client.Open(Clients.Tiny, "main", Model), 5, 9))
                .Should()
                .ThrowAsync<TransferFault>()
        )
            .Which.Code.Should()
            .Be(ExitCode.Integrity);
    }
}
