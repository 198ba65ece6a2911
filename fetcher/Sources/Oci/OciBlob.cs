using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Sources.Oci;

/// <summary>A blob of a registry, whose digest is in its address. Registries redirect to signed locations; a token that
/// expires during a long download is renewed.</summary>
internal sealed partial class OciBlob : ISourceFile
{
    private readonly OciRegistry _registry;
    private readonly RemoteFile _file;
    private readonly Uri _url;
    private readonly Sha256Digest? _digest;

    /// <param name="url"><c>https://REGISTRY/v2/NAMESPACE/MODEL/blobs/sha256:DIGEST</c>.</param>
    /// <param name="options">Connections, certificates, retries.</param>
    public OciBlob(Uri url, HubOptions options)
    {
        var parts = Address().Match(url.PathAndQuery);
        if (!parts.Success || url.Host.Length == 0)
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid address of a blob: {HubUrl.Display(url)}",
                "write oci+https://REGISTRY/v2/NAMESPACE/MODEL/blobs/sha256:DIGEST"
            );
        }

        _url = url;
        _digest = Sha256Digest.TryParse(parts.Groups["digest"].Value);
        var server = HubEndpoint.Parse($"{url.Scheme}://{url.Authority}{parts.Groups["prefix"].Value}", "the registry");
        _registry = new OciRegistry(server, parts.Groups["repository"].Value, options);
        _file = _registry.Open(url, Explain);
    }

    public string DisplayUrl => HubUrl.Display(_url);

    public async Task<FileDescription> DescribeAsync(CancellationToken cancellation) =>
        await RangeProbe.DescribeAsync(this, cancellation) with
        {
            Name = null,
            Sha256 = _digest,
        };

    public async Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation)
    {
        while (true)
        {
            var token = _registry.Token;
            try
            {
                return await _file.GetAsync(range, cancellation);
            }
            catch (HubFailure failure) when (failure.InnerException is ChallengeException challenged)
            {
                if (!await _registry.AuthenticatedAsync(challenged.Challenge, token, cancellation))
                    throw;
                _file.Renew();
            }
        }
    }

    public void Renew() => _file.Renew();

    // Its digest is known.
    public void HoldTo(FileDescription description) { }

    public void Dispose() => _registry.Dispose();

    private HubFailure Explain(HubResponse response, bool atRegistry)
    {
        if (!atRegistry)
            return WebError.Of(response, null);
        if (response.Message.StatusCode == HttpStatusCode.NotFound)
        {
            return new HubFailure(
                HubFailureKind.FileNotFound,
                $"the registry has no such blob: {response.DisplayUrl}",
                "pin the model again: its tag may have moved, and the registry may have removed what it led to"
            );
        }

        var failure = WebError.Of(response, _registry.Token);
        return _registry.ChallengeOf(response) is { } challenge
            ? new HubFailure(failure.Kind, failure.Message, failure.Next, new ChallengeException(challenge))
            : failure;
    }

    [GeneratedRegex(
        @"\A(?<prefix>.*?)/v2/(?<repository>[^?#]+)/blobs/sha256:(?<digest>[0-9a-f]{64})\z",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Address();

    /// <summary>What a registry wants before it answers.</summary>
    private sealed class ChallengeException(BearerChallenge challenge) : Exception("the registry wants a token")
    {
        public BearerChallenge Challenge => challenge;
    }
}
