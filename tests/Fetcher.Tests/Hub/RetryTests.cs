using System.Diagnostics;
using NixAiModels.Hub;
using static NixAiModels.Tests.Hub.ScriptedServer;

namespace NixAiModels.Tests.Hub;

public class RetryTests
{
    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_transient_server_error_is_retried_with_a_warning(int status)
    {
        await using var server = Storm(2, status);

        await ListAsync(server);

        server.Requests.Should().HaveCount(3);
        _warnings
            .Should()
            .HaveCount(2)
            .And.OnlyContain(line => line.StartsWith("127.0.0.1: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Retry-After: 1")]
    [InlineData("RateLimit: \"api\";r=0;t=1")]
    [InlineData("ratelimit: \"pages\";r=5;t=300, \"api\"; r=0; t=1")]
    public async Task A_requested_delay_is_respected(string header)
    {
        await using var server = Storm(1, 429, header);

        var watch = Stopwatch.StartNew();
        await ListAsync(server);

        watch.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(1)).And.BeLessThan(TimeSpan.FromSeconds(3));
        _warnings.Single().Should().MatchRegex("rate limited; retrying in [12] s");
    }

    [Fact]
    public async Task A_requested_date_is_waited_for()
    {
        await using var server = Storm(1, 503, $"Retry-After: {DateTimeOffset.UtcNow.AddSeconds(2):R}");

        var watch = Stopwatch.StartNew();
        await ListAsync(server);

        watch.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(0.8)).And.BeLessThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_rate_limit_with_requests_left_causes_no_delay()
    {
        await using var server = Storm(1, 429, "RateLimit: \"api\";r=3;t=300");

        var watch = Stopwatch.StartNew();
        await ListAsync(server);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_requested_delay_beyond_the_budget_fails_at_once()
    {
        await using var server = Storm(1, 429, "Retry-After: 3600");

        var failure = await FailingAsync(server.Url);

        failure.Kind.Should().Be(HubFailureKind.RateLimited);
        failure.Message.Should().Contain("3600 s");
        server.Requests.Should().HaveCount(1);
    }

    [Theory]
    [InlineData(429, HubFailureKind.RateLimited)]
    [InlineData(503, HubFailureKind.ServerError)]
    public async Task A_persistent_server_error_fails_after_some_retries(int status, HubFailureKind kind)
    {
        await using var server = Storm(int.MaxValue, status);

        var budget = Clients.Short with { RateLimit = TimeSpan.FromMilliseconds(300) };
        (await FailingAsync(server.Url, Clients.Options() with { Budget = budget })).Kind.Should().Be(kind);

        server.Requests.Count.Should().BeGreaterThan(3);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(400)]
    public async Task A_final_response_is_not_retried(int status)
    {
        await using var server = Storm(int.MaxValue, status);

        await FailingAsync(server.Url);

        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_response_is_retried()
    {
        var times = 0;
        await using var server = new ScriptedServer(_ =>
            Interlocked.Increment(ref times) <= 2 ? "" : Answer(200, "[]")
        );

        await ListAsync(server);

        server.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_refused_connection_fails_within_the_budget()
    {
        int port;
        await using (var gone = new ScriptedServer(_ => ""))
            port = gone.Port;

        var watch = Stopwatch.StartNew();
        var failure = await FailingAsync($"http://127.0.0.1:{port}");

        failure.Kind.Should().Be(HubFailureKind.Connection);
        failure.Message.Should().Contain("refused").And.Contain($"127.0.0.1:{port}");
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_server_that_never_answers_times_out()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var budget = Clients.Short with { ResponseTimeout = TimeSpan.FromMilliseconds(200) };

        var failure = await FailingAsync($"http://{silent.LocalEndpoint}", Clients.Options() with { Budget = budget });

        failure.Kind.Should().Be(HubFailureKind.Connection);
        failure.Message.Should().Contain("no response in time");
    }

    [Fact]
    public async Task An_unresolvable_host_name_is_reported_and_in_a_build_the_sandbox_is_explained()
    {
        var outside = await FailingAsync("http://no-such-host.invalid");
        var inside = await FailingAsync("http://no-such-host.invalid", Clients.Options(("NIX_BUILD_TOP", "/build")));

        outside.Kind.Should().Be(HubFailureKind.NameResolution);
        outside.Code.Should().Be(ExitCode.Network);
        outside.Next.Should().NotContain("sandbox");
        inside.Next.Should().Contain("fixed-output").And.Contain("proxy");
    }

    [Fact]
    public async Task A_cancelled_request_is_not_a_failure()
    {
        await using var server = Storm(int.MaxValue, 429, "Retry-After: 3");
        using var client = Clients.Open(server.Url);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await FluentActions
            .Awaiting(() => client.ListFilesAsync(Clients.Tiny, Clients.Commit, soon.Token))
            .Should()
            .ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void By_default_an_unresolvable_host_name_fails_within_a_minute()
    {
        var usual = new RetryBudget();

        // The last attempt begins within the budget and a delay, and has a time-out itself.
        (usual.NameResolution + usual.MaxDelay + usual.ConnectTimeout)
            .Should()
            .BeLessThan(TimeSpan.FromMinutes(1));
    }

    private static ScriptedServer Storm(int times, int status, params string[] headers)
    {
        var left = times;
        return new ScriptedServer(_ =>
            Interlocked.Decrement(ref left) >= 0 ? Answer(status, "", headers) : Answer(200, "[]")
        );
    }

    private async Task ListAsync(ScriptedServer server)
    {
        using var client = Clients.Open(server.Url, options: Clients.Options() with { Warn = _warnings.Add });
        await client.ListFilesAsync(Clients.Tiny, Clients.Commit, TestContext.Current.CancellationToken);
    }

    private static async Task<HubFailure> FailingAsync(string endpoint, HubOptions? options = null)
    {
        using var client = Clients.Open(endpoint, options: options);
        return await client.FailingAsync();
    }
}
