using System.Diagnostics;
using System.Net;

namespace NixAiModels.Tests.Hub;

/// <summary>The options of <c>test-hub</c>.</summary>
public sealed class TestHubOptionTests
{
    private static readonly byte[] Weights = new byte[200_000];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_location_is_valid_for_as_long_as_the_hub_says()
    {
        await using var brief = await TestHubFixture.StartAsync("--expires", "1");
        brief.Repository("acme/brief").Lfs("a", Weights);
        using var direct = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var resolve = await direct.GetAsync(brief.Endpoint + "/acme/brief/resolve/main/a", Cancellation);

        (await direct.GetAsync(resolve.Headers.Location, Cancellation)).StatusCode.Should().Be(HttpStatusCode.OK);
        await Task.Delay(1100, Cancellation);
        (await direct.GetAsync(resolve.Headers.Location, Cancellation))
            .StatusCode.Should()
            .Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task More_requests_than_the_window_allows_are_told_to_wait()
    {
        await using var strict = await TestHubFixture.StartAsync("--rate-limit", "1/60");
        strict.Repository("acme/tiny").File("f", "x");
        await strict.CommitAsync("acme/tiny");
        using var client = new HttpClient();
        using var response = await client.GetAsync(
            strict.Endpoint + "/api/models/acme/tiny/revision/main",
            Cancellation
        );

        response.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        response.Headers.GetValues("RateLimit").Single().Should().MatchRegex("^\"api\";r=0;t=[0-9]+$");
        response.Headers.GetValues("RateLimit-Policy").Single().Should().Be("\"fixed window\";\"api\";q=1;w=60");
    }

    [Fact]
    public async Task Both_origins_speak_https_with_an_authority_that_a_client_can_trust()
    {
        await using var secure = await TestHubFixture.StartAsync("--https");
        secure.Repository("acme/tiny").Lfs("f", Weights);
        var start = new ProcessStartInfo("curl") { RedirectStandardOutput = true };
        foreach (
            var argument in (string[])
                [
                    "-sSfL",
                    "--cacert",
                    secure.CertificateAuthorityFile,
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{size_download}",
                    secure.Endpoint + "/acme/tiny/resolve/main/f",
                ]
        )
        {
            start.ArgumentList.Add(argument);
        }

        using var curl = Process.Start(start)!;

        (await curl.StandardOutput.ReadToEndAsync(Cancellation)).Should().Be("200000");
        secure.Endpoint.Should().StartWith("https://");
        secure.Cdn.Should().StartWith("https://");
    }
}
