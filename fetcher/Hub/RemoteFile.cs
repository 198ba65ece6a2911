using System.Net;
using System.Net.Http.Headers;
using NixAiModels.Transfer;

namespace NixAiModels.Hub;

/// <summary>A file of the Hub. One request to the hub finds out where its bytes are; all ranges go there until that
/// expires.</summary>
#pragma warning disable CA1001 // a SemaphoreSlim whose wait handle nobody asks for holds nothing
internal sealed class RemoteFile(HubHttp http, HubToken? token, HubSubject subject, Uri resolve) : IRemoteFile
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _finding = new(1);
    private volatile SignedLocation? _location;

    /// <inheritdoc/>
    public string DisplayUrl => HubUrl.Display(resolve);

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation)
    {
        SignedLocation? refused = null;
        while (true)
        {
            var (place, first) = await LocateAsync(range, refused, cancellation);
            var answer = first ?? await http.GetAsync(new HubRequest(place.Url) { Range = range }, cancellation);
            if (answer.Response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent)
                return answer.Response;
            using (answer)
            {
                if (place.IsHome)
                    throw ErrorResponse.ToFailure(answer, subject, token);
                if (!HasExpired(answer.Response.StatusCode) || refused is not null)
                    throw RefusedElsewhere(answer);
                refused = place;
            }
        }
    }

    /// <summary>Finds out where the bytes are, one caller for all.</summary>
    /// <param name="range">The range that the caller wants, sent along in case that the hub answers with the bytes
    /// themselves.</param>
    /// <param name="refused">A location that is good no longer.</param>
    /// <param name="cancellation">Ends the caller's wait; another caller then asks in its place.</param>
    /// <returns>The place, and the answer where it came at once.</returns>
    private async Task<(SignedLocation Place, HubAnswer? Answer)> LocateAsync(
        RangeHeaderValue? range,
        SignedLocation? refused,
        CancellationToken cancellation
    )
    {
        if (Known(refused) is { } known)
            return (known, null);
        await _finding.WaitAsync(cancellation);
        try
        {
            if (Known(refused) is { } found)
                return (found, null);
            var answer = await http.GetAsync(
                new HubRequest(resolve) { Range = range, SameOriginOnly = true },
                cancellation
            );
            if (answer.Elsewhere is { } elsewhere)
            {
                answer.Dispose();
                _location = SignedLocation.Elsewhere(elsewhere, DateTimeOffset.UtcNow);
                return (_location, null);
            }

            var home = new SignedLocation(answer.Url, IsHome: true, null);
            if (answer.Response.IsSuccessStatusCode)
                _location = home;
            return (home, answer);
        }
        finally
        {
            _finding.Release();
        }
    }

    private SignedLocation? Known(SignedLocation? refused) =>
        _location is { } known && known != refused && !(known.RenewAt < DateTimeOffset.UtcNow) ? known : null;

    private static bool HasExpired(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Gone;

    private HubFailure RefusedElsewhere(HubAnswer answer)
    {
        var status = answer.Response.StatusCode;
        return
            status
                is HttpStatusCode.TooManyRequests
                    or HttpStatusCode.RequestedRangeNotSatisfiable
                    or HttpStatusCode.ProxyAuthenticationRequired
            ? ErrorResponse.ToFailure(answer, subject, null)
            : new HubFailure(
                HubFailureKind.Server,
                $"the hub sends us to {HubUrl.Display(answer.Url)} for {Printable.Escape(subject.File ?? "")}, which answers {(int)status}"
                    + (HasExpired(status) ? ", to a new location too" : ""),
                "try again later; if a proxy or a firewall is on the way, it may not let this host through"
            );
    }
}
