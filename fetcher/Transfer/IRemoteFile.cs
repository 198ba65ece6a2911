using System.Net.Http.Headers;

namespace NixAiModels.Transfer;

/// <summary>A file on a server that serves byte ranges. The hub's files implement it; nothing here knows the
/// hub.</summary>
public interface IRemoteFile
{
    /// <summary>The file's URL in messages, without query and credentials.</summary>
    string DisplayUrl { get; }

    /// <summary>Sends a GET request and returns its response as soon as the headers have arrived.</summary>
    /// <param name="range">The requested bytes, or <see langword="null"/> for the whole file.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>A response with status 200 or 206, unread; the caller disposes it. Redirects have been followed,
    /// expired locations renewed, and transient errors retried.</returns>
    /// <exception cref="Failure">The file is not accessible, or retries did not help.</exception>
    /// <exception cref="TransferFault">Another server than the hub sent a wrong response; the caller may retry, and the
    /// hub is then asked for a new location.</exception>
    /// <exception cref="HttpRequestException">The connection failed; the caller may retry.</exception>
    Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation);

    /// <summary>Forgets the location of the bytes, because they were wrong: the next request asks the hub for
    /// one.</summary>
    void Renew();

    /// <summary>Learns how fast a range arrived.</summary>
    /// <param name="response">The response, from <see cref="GetAsync"/>.</param>
    /// <param name="bytes">How many bytes of it were kept.</param>
    /// <param name="time">From the request to the last of them.</param>
    void Measured(HttpResponseMessage response, long bytes, TimeSpan time) { }
}
