using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using NixAiModels.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>The content-addressed store that has a repository's large files as chunks (xet-core,
/// <c>openapi/cas.openapi.yaml</c>). The hub gives out a token for it, which goes to its origin only; the signed
/// addresses that it names get none.</summary>
/// <param name="hub">The hub.</param>
/// <param name="repository">The repository.</param>
/// <param name="commit">A commit of it.</param>
/// <param name="stallTimeout">How long a xorb may send no byte.</param>
#pragma warning disable CA1001 // a SemaphoreSlim whose wait handle is never used holds nothing to dispose
internal sealed class XetStore(HubClient hub, RepositoryId repository, CommitId commit, TimeSpan stallTimeout)
#pragma warning restore CA1001
{
    // A range may wait for a while before it is requested.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _asking = new(1);
    private volatile Access? _access;
    private volatile bool _isVersion1;

    /// <summary>How long a xorb may send no byte.</summary>
    public TimeSpan StallTimeout => stallTimeout;

    /// <summary>Asks of which chunks a range of a file consists, and where they are.</summary>
    /// <param name="file">The hash by which Xet knows the file.</param>
    /// <param name="range">The range, not empty.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <exception cref="Failure">There is no answer, or an invalid one.</exception>
    public async Task<Reconstruction> ReconstructAsync(string file, ByteRange range, CancellationToken cancellation)
    {
        Access? rejected = null;
        while (true)
        {
            var access = await AccessAsync(rejected, cancellation);
            using var response = await hub.SendAsync(
                new HubRequest(HubUrl.Exact($"{access.Url}/{(_isVersion1 ? "v1" : "v2")}/reconstructions/{file}"))
                {
                    OriginToken = access.Token,
                    Range = new RangeHeaderValue(range.Offset, range.End - 1),
                    BufferBody = true,
                },
                cancellation
            );
            switch (response.Message.StatusCode)
            {
                case HttpStatusCode.OK or HttpStatusCode.PartialContent:
                    return HubJson.Parse(
                        response,
                        CasDocuments.Default.ReconstructionDocument,
                        document => Reconstruction.Parse(document, range)
                    );
                case HttpStatusCode.NotFound or HttpStatusCode.NotImplemented when !_isVersion1:
                    _isVersion1 = true;
                    break;
                case HttpStatusCode.Unauthorized when rejected is null:
                    rejected = access;
                    break;
                default:
                    throw Refused(response);
            }
        }
    }

    /// <summary>Requests the bytes of a xorb, exactly the signed ones.</summary>
    /// <param name="range">The bytes.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>The response, unread; <see langword="null"/> where the address is no longer valid.</returns>
    /// <exception cref="Failure">There is no response, or an error.</exception>
    /// <exception cref="TransferFault">It has other bytes.</exception>
    public async Task<HttpResponseMessage?> GetAsync(XorbRange range, CancellationToken cancellation)
    {
        var url = HubUrl.TryParse(range.Url) is { } parsed && hub.MayAsk(parsed) ? parsed : throw InvalidAddress();
        var (first, last) = (range.Bytes.Offset, range.Bytes.End - 1);
        var response = await hub.SendAsync(
            new HubRequest(url) { Range = new RangeHeaderValue(first, last), SendsToken = false },
            cancellation
        );
        if (response.Message.StatusCode == HttpStatusCode.PartialContent)
        {
            var sent = response.Message.Content.Headers.ContentRange;
            if (sent?.From == first && sent.To == last)
                return response.Message;
            response.Dispose();
            throw new TransferFault($"the server sent range '{sent}' of a xorb instead of bytes {first}-{last}");
        }

        using (response)
        {
            return
                response.Message.StatusCode
                    is HttpStatusCode.Unauthorized
                        or HttpStatusCode.Forbidden
                        or HttpStatusCode.Gone
                ? null
                : throw Refused(response);
        }
    }

    /// <summary>The token, asked for by one caller on behalf of all.</summary>
    private async Task<Access> AccessAsync(Access? rejected, CancellationToken cancellation)
    {
        if (Known(rejected) is { } known)
            return known;
        await _asking.WaitAsync(cancellation);
        try
        {
            if (Known(rejected) is { } found)
                return found;
            var url = hub.XetTokenUrl(repository, commit);
            using var response = await hub.RequestAsync(url, repository, cancellation);
            return _access = HubJson.Parse(response, ReadTokenDocuments.Default.ReadTokenDocument, Read);
        }
        finally
        {
            _asking.Release();
        }
    }

    private Access? Known(Access? rejected) =>
        _access is { } known && known != rejected && !(known.RenewAt < DateTimeOffset.UtcNow) ? known : null;

    private Access Read(ReadTokenDocument document)
    {
        if (HubUrl.TryParse(document.CasUrl) is not { } url || !hub.MayAsk(url) || url.PathAndQuery.Contains('?'))
            throw new FormatException("invalid casUrl");
        // A token that seems to have expired already is used until it is refused: our clock may be wrong.
        var now = DateTimeOffset.UtcNow;
        var expires = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(document.Exp, 0, uint.MaxValue)) - Margin;
        return new Access(
            document.CasUrl.TrimEnd('/'),
            new OriginToken(document.AccessToken, url),
            expires > now ? expires : null
        );
    }

    private static HubFailure Refused(HubResponse response) =>
        new(
            HubFailureKind.ServerError,
            $"the server answered {((int)response.Message.StatusCode).ToString(CultureInfo.InvariantCulture)}: "
                + response.DisplayUrl
        );

    private static TransferFault InvalidAddress() => new("invalid address of a xorb", ExitCode.Integrity);

    /// <summary>What the hub gave out, and when it should be asked again.</summary>
    private sealed record Access(string Url, OriginToken Token, DateTimeOffset? RenewAt);
}
