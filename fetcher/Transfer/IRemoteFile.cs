using System.Net.Http.Headers;

namespace NixAiModels.Transfer;

/// <summary>A file on a server, of which byte ranges can be asked. The hub's files implement it; nothing here knows the
/// hub.</summary>
public interface IRemoteFile
{
    /// <summary>Where the file is, for people: no query, no credentials.</summary>
    string DisplayUrl { get; }

    /// <summary>Sends one GET and returns its response as soon as the headers are there, with a success
    /// status.</summary>
    /// <param name="range">The bytes to ask for, or <see langword="null"/> for the whole file.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>A response with status 200 or 206, unread; the caller disposes it. Redirects have been followed,
    /// locations that were remembered and have expired have been renewed, answers that are worth another try have been
    /// tried again.</returns>
    /// <exception cref="Failure">The server's answer is final (not found, not allowed), or it failed too many times in
    /// a row.</exception>
    /// <exception cref="HttpRequestException">The connection failed; the caller may try again.</exception>
    Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation);
}
