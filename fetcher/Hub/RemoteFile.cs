using System.Net;
using System.Net.Http.Headers;
using NixAiModels.Transfer;

namespace NixAiModels.Hub;

/// <summary>A file of the Hub or of another server. One request to the server locates its bytes; all ranges are
/// requested there until that location expires.</summary>
/// <param name="http">The connections; its endpoint is the server.</param>
/// <param name="explain">The failure of a response that is not a success, and whether the server itself sent
/// it.</param>
/// <param name="resolve">The file's URL at the server.</param>
#pragma warning disable CA1001 // a SemaphoreSlim whose wait handle is never used holds nothing to dispose
internal sealed class RemoteFile(HubHttp http, Func<HubResponse, bool, HubFailure> explain, Uri resolve) : IRemoteFile
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _locating = new(1);
    private volatile SignedLocation? _location;

    /// <inheritdoc/>
    public string DisplayUrl => HubUrl.Display(resolve);

    /// <inheritdoc/>
    public void Renew() => _location = null;

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation)
    {
        SignedLocation? rejected = null;
        while (true)
        {
            var (location, located) = await LocateAsync(range, rejected, cancellation);
            HubResponse response;
            try
            {
                response = located ?? await http.GetAsync(new HubRequest(location.Url) { Range = range }, cancellation);
            }
            catch (HubFailure) when (!location.IsHub && rejected is null)
            {
                // Before a server is given up, the hub is asked for another.
                rejected = location;
                continue;
            }

            var status = response.Message.StatusCode;
            if (status is HttpStatusCode.OK or HttpStatusCode.PartialContent)
                return response.Message;
            using (response)
            {
                // Only what the hub says of its repository is final.
                if (location.IsHub && explain(response, true) is { IsFinal: true } failure)
                    throw failure;
                Renew();
                var retried = RetryPipeline.HasRetried(status);
                if (location.IsHub || rejected is not null || !(retried || MayHaveExpired(status)))
                {
                    throw retried ? explain(response, location.IsHub) : WrongStatus(response);
                }

                rejected = location;
            }
        }
    }

    /// <summary>Locates the bytes, one caller on behalf of all.</summary>
    /// <param name="range">The caller's range, requested in case the hub answers with the bytes themselves.</param>
    /// <param name="rejected">A location that is no longer valid.</param>
    /// <param name="cancellation">Ends the caller's wait; another caller then locates in its place.</param>
    /// <returns>The location, and the response if the hub itself sent the bytes.</returns>
    private async Task<(SignedLocation Location, HubResponse? Response)> LocateAsync(
        RangeHeaderValue? range,
        SignedLocation? rejected,
        CancellationToken cancellation
    )
    {
        if (KnownLocation(rejected) is { } known)
            return (known, null);
        await _locating.WaitAsync(cancellation);
        try
        {
            if (KnownLocation(rejected) is { } found)
                return (found, null);
            var response = await http.GetAsync(
                new HubRequest(resolve) { Range = range, AllowCrossOriginRedirect = false },
                cancellation
            );
            if (response.CrossOriginRedirect is { } redirect)
            {
                response.Dispose();
                _location = SignedLocation.OfRedirect(redirect, DateTimeOffset.UtcNow);
                return (_location, null);
            }

            // A redirect within the origin may be signed too: it is asked again when its location is refused.
            if (response.Message.IsSuccessStatusCode)
                _location = SignedLocation.OfAnswer(resolve, response.Url, DateTimeOffset.UtcNow);
            return (new SignedLocation(response.Url, IsHub: true, null), response);
        }
        finally
        {
            _locating.Release();
        }
    }

    private SignedLocation? KnownLocation(SignedLocation? rejected) =>
        _location is { } known && known != rejected && !(known.RenewAt < DateTimeOffset.UtcNow) ? known : null;

    private static bool MayHaveExpired(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Gone;

    private static TransferFault WrongStatus(HubResponse response)
    {
        var status = response.Message.StatusCode;
        return new TransferFault(
            $"the server answered {(int)status}: {HubUrl.Display(response.Url)}",
            status == HttpStatusCode.RequestedRangeNotSatisfiable ? ExitCode.Integrity : ExitCode.Network
        )
        {
            IsRefusal = status is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden,
            Status = status,
        };
    }
}
