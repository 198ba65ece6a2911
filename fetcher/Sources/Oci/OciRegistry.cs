using System.Net;
using System.Text.Json.Serialization;
using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Sources.Oci;

/// <summary>A client of an OCI registry (distribution specification): manifests and blobs, with the token that the
/// registry asks for.</summary>
/// <remarks>The token goes to the registry alone, and along no redirect. A password of netrc's goes to the machine that
/// it is for.</remarks>
internal sealed class OciRegistry : IDisposable
{
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(1);

    private readonly HubEndpoint _server;
    private readonly HubOptions _options;
    private readonly string _repository;
    private readonly HubToken? _password;
    private readonly HubHttp _http;
    private readonly SemaphoreSlim _authenticating = new(1);
    private DateTimeOffset? _issuedAt;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="server">The registry.</param>
    /// <param name="repository">The repository: <c>NAMESPACE/MODEL</c>.</param>
    /// <param name="options">Connections, certificates, retries.</param>
    public OciRegistry(HubEndpoint server, string repository, HubOptions options)
    {
        (_server, _repository, _options) = (server, repository, options with { MayBeMirror = false });
        _password = HubToken.FindPassword(server, Log.Warning, options.Variables);
        _http = new HubHttp(server, _password, _options);
    }

    /// <summary>Asks for a manifest.</summary>
    /// <param name="name">The model.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="Failure">It is not accessible, or not a manifest.</exception>
    public async Task<OciManifest> ManifestAsync(OllamaName name, CancellationToken cancellation)
    {
        var url = HubUrl.Exact($"{_server}/v2/{_repository}/manifests/{name.Tag}");
        var request = new HubRequest(url) { BufferBody = true, Accept = OciManifest.MediaTypes };
        for (var token = _http.Token; ; token = _http.Token)
        {
            using var response = await _http.GetAsync(request, cancellation);
            if (response.Message.IsSuccessStatusCode)
            {
                return OciManifest.Parse(
                    await response.Message.Content.ReadAsByteArrayAsync(cancellation),
                    response.DisplayUrl
                );
            }

            if (!await AuthenticatedAsync(ChallengeOf(response), token, cancellation))
                throw Explain(response, name);
        }
    }

    /// <summary>A blob's bytes.</summary>
    /// <param name="url">Its URL.</param>
    /// <param name="explain">The failure of a response that is not a success.</param>
    public RemoteFile Open(Uri url, Func<HubResponse, bool, HubFailure> explain) => new(_http, explain, url);

    /// <summary>What is sent with requests now.</summary>
    public HubToken? Token => _http.Token;

    /// <summary>The challenge of a response of the registry's; <see langword="null"/> where there is none.</summary>
    /// <exception cref="HubFailure">It names a server that may not be asked.</exception>
    public BearerChallenge? ChallengeOf(HubResponse response) =>
        response.Message.StatusCode == HttpStatusCode.Unauthorized && _server.IsOriginOf(response.Url)
            ? BearerChallenge.Of(response, _server)
            : null;

    /// <summary>Gets a token, one caller on behalf of all.</summary>
    /// <param name="challenge">What the registry wants.</param>
    /// <param name="refused">The token that it refused.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>Whether there is another token now.</returns>
    /// <exception cref="Failure">There is no token to be had.</exception>
    public async Task<bool> AuthenticatedAsync(
        BearerChallenge? challenge,
        HubToken? refused,
        CancellationToken cancellation
    )
    {
        if (challenge is null)
            return false;
        await _authenticating.WaitAsync(cancellation);
        try
        {
            if (_http.Token != refused)
                return true;
            // A registry that refuses the token that it has just had issued would be asked for ever.
            if (DateTimeOffset.UtcNow - _issuedAt < MinLifetime)
                return false;
            _http.Token = await IssueAsync(challenge, cancellation);
            _issuedAt = DateTimeOffset.UtcNow;
            return true;
        }
        finally
        {
            _authenticating.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _authenticating.Dispose();
    }

    private async Task<HubToken> IssueAsync(BearerChallenge challenge, CancellationToken cancellation)
    {
        var realm = HubEndpoint.Parse($"{challenge.Realm.Scheme}://{challenge.Realm.Authority}", "the token server");
        // Any registry can send for a token of another one's, which it would then be given.
        var password =
            _server.IsOriginOf(realm.Address) || _password is null
                ? _password
                : HubToken.FindPassword(realm, Log.Warning, _options.Variables);
        using var http = new HubHttp(realm, password, _options);
        using var response = await http.GetAsync(
            new HubRequest(challenge.Request(_repository)) { BufferBody = true, AllowCrossOriginRedirect = false },
            cancellation
        );
        if (response.CrossOriginRedirect is not null || !response.Message.IsSuccessStatusCode)
            throw WebError.Of(response, password);
        var value = HubJson.Parse(
            response,
            OciJson.Default.TokenDocument,
            document => document.Token ?? document.AccessToken ?? throw new FormatException("no token")
        );
        return HubToken.Parse(value, $"{realm}", TokenScope.OfMachine(_server.Address.Host))
            ?? throw new HubFailure(HubFailureKind.InvalidResponse, $"empty token: {response.DisplayUrl}");
    }

    private HubFailure Explain(HubResponse response, OllamaName name) =>
        response.Message.StatusCode == HttpStatusCode.NotFound
            ? new HubFailure(
                HubFailureKind.RevisionNotFound,
                $"{name} was not found: {response.DisplayUrl}",
                $"check the name and the tag: {name.PageAddress}"
            )
            : WebError.Of(response, _http.Token);
}

/// <summary>What a token server answers: either name.</summary>
internal sealed record TokenDocument(
    [property: JsonPropertyName("token")] string? Token,
    [property: JsonPropertyName("access_token")] string? AccessToken
);

/// <summary>The JSON of registries.</summary>
[JsonSerializable(typeof(TokenDocument))]
internal sealed partial class OciJson : JsonSerializerContext;
