using NixAiModels.Hub;
using NixAiModels.Sources.Oci;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Sources.Oci;

/// <summary>Whose password is sent where a registry sends for a token.</summary>
public sealed class TokenServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("token-server-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("machine localhost login user password secret\n", false)]
    [InlineData("machine localhost login user password secret\nmachine 127.0.0.1 login user password other\n", true)]
    public async Task A_registry_without_a_password_gets_no_token_that_costs_another_ones(string netrc, bool isSent)
    {
        using var certificate = OwnCertificate.Make(out var authority);
        await File.WriteAllTextAsync(Path.Combine(_folder, "bundle.pem"), authority, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder, "netrc"), netrc, Cancellation);
        await using var tokens = new ScriptedServer(
            _ => ScriptedServer.Answer(200, """{"token":"issued"}"""),
            certificate
        );
        var realm = $"https://localhost:{tokens.Port}/token";
        await using var registry = new ScriptedServer(request =>
            request.Header("Authorization") == "Bearer issued"
                ? ScriptedServer.Answer(404)
                : ScriptedServer.Answer(
                    401,
                    "",
                    $"WWW-Authenticate: Bearer realm=\"{realm}\",scope=\"repository:victim/private:pull\""
                )
        );
        var name = OllamaName.Parse($"ollama:{registry.Url}/library/m:latest");
        using var client = new OciRegistry(
            HubEndpoint.Parse(registry.Url, "the registry"),
            name.Repository,
            new HubOptions
            {
                CaBundle = Path.Combine(_folder, "bundle.pem"),
                Variables = new EnvironmentVariables(variable =>
                    variable == "NETRC" ? Path.Combine(_folder, "netrc") : null
                ),
            }
        );

        await FluentActions.Awaiting(() => client.ManifestAsync(name, Cancellation)).Should().ThrowAsync<Failure>();

        tokens
            .Requests.Should()
            .ContainSingle()
            .Which.Header("Authorization")
            .Should()
            .Be(isSent ? "Basic dXNlcjpzZWNyZXQ=" : null);
    }
}
