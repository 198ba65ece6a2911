using NixAiModels.Hub;

namespace NixAiModels.Tests.Hub;

public sealed class TlsTests : IAsyncLifetime
{
    private TestHubFixture _hub = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHubFixture.StartAsync("--https");
        _hub.Repository("acme/tiny").Lfs("model.bin", [1, 2, 3]);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("NIX_SSL_CERT_FILE")]
    [InlineData("SSL_CERT_FILE")]
    public async Task An_authority_named_by_a_variable_is_trusted_for_hub_and_cdn(string variable)
    {
        (await DownloadAsync(Clients.Options((variable, _hub.CertificateAuthorityFile)))).Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task A_variable_that_names_an_unreadable_file_is_skipped()
    {
        (
            await DownloadAsync(
                Clients.Options(
                    ("NIX_SSL_CERT_FILE", "/no-cert-file.crt"),
                    ("SSL_CERT_FILE", _hub.CertificateAuthorityFile)
                )
            )
        )
            .Should()
            .Equal(1, 2, 3);
        (
            await DownloadAsync(
                Clients.Options(("NIX_SSL_CERT_FILE", "")) with
                {
                    CaBundle = _hub.CertificateAuthorityFile,
                }
            )
        )
            .Should()
            .Equal(1, 2, 3);
    }

    [Fact]
    public async Task An_untrusted_authority_is_an_error_that_names_the_variables_and_is_not_retried()
    {
        var warnings = new List<string>();
        var failure = (
            await FluentActions
                .Awaiting(() => DownloadAsync(Clients.Options() with { Warn = warnings.Add }))
                .Should()
                .ThrowAsync<HubFailure>()
        ).Which;

        failure.Kind.Should().Be(HubFailureKind.Tls);
        failure.Next.Should().Contain("NIX_SSL_CERT_FILE").And.Contain("SSL_CERT_FILE");
        warnings.Should().BeEmpty();
    }

    [Fact]
    public async Task The_host_name_is_checked_nevertheless()
    {
        using var client = Clients.Open(
            _hub.Endpoint.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal)
                .Replace("localhost", "127.0.0.2", StringComparison.Ordinal),
            options: Clients.Options() with
            {
                CaBundle = _hub.CertificateAuthorityFile,
            }
        );

        // The test hub listens on 127.0.0.1 only; a forwarder listens on the other address.
        await using var forwarder = new Forwarder("127.0.0.2", new Uri(_hub.Endpoint).Port);
        (await client.FailingAsync()).Kind.Should().Be(HubFailureKind.Tls);
    }

    [Fact]
    public async Task A_redirect_from_https_to_http_is_not_followed()
    {
        var plainRequests = 0;
        await using var plain = new ScriptedServer(_ =>
        {
            plainRequests++;
            return ScriptedServer.Answer(200, "data");
        });
        using var certificate = OwnCertificate.Make(out var authority);
        var bundle = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            bundle,
            "a comment\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + authority,
            TestContext.Current.CancellationToken
        );
        await using var server = new ScriptedServer(
            request =>
                request.Target.Contains("/tree/", StringComparison.Ordinal)
                    ? ScriptedServer.Answer(200, "[]", $"Link: <{plain.Url}/x>; rel=\"next\"")
                    : ScriptedServer.Redirect($"{plain.Url}/x"),
            certificate
        );
        using var client = Clients.Open(server.Url, "hf_secret", Clients.Options() with { CaBundle = bundle });

        (
            await FluentActions
                .Awaiting(() => Clients.BytesAsync(client.Open(Clients.Tiny, "main", Clients.File("a"))))
                .Should()
                .ThrowAsync<HubFailure>()
        )
            .Which.Message.Should()
            .Contain("from https to http");
        await client.FailingAsync();

        plainRequests.Should().Be(0);
        File.Delete(bundle);
    }

    [Fact]
    public void A_file_without_a_certificate_is_an_error_that_names_it()
    {
        var file = Path.GetTempFileName();

        var failure = FluentActions
            .Invoking(() => Clients.Open(_hub.Endpoint, options: Clients.Options() with { CaBundle = file }))
            .Should()
            .Throw<Failure>()
            .Which;
        var missing = FluentActions
            .Invoking(() => Clients.Open(_hub.Endpoint, options: Clients.Options() with { CaBundle = "/none.pem" }))
            .Should()
            .Throw<Failure>()
            .Which;

        failure.Message.Should().Contain(file);
        failure.Code.Should().Be(ExitCode.LocalIO);
        missing.Code.Should().Be(ExitCode.LocalIO);
        File.Delete(file);
    }

    private async Task<byte[]> DownloadAsync(HubOptions options)
    {
        using var client = Clients.Open(_hub.Endpoint, options: options);
        var revision = await client.ResolveRevisionAsync(Clients.Tiny, "main", TestContext.Current.CancellationToken);
        var files = await client.ListFilesAsync(revision, TestContext.Current.CancellationToken);
        return await Clients.BytesAsync(client.Open(Clients.Tiny, "main", files.Single()));
    }
}
