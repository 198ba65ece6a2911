using System.Globalization;

namespace NixAiModels.Hub;

/// <summary>Where a file's bytes are, until the URL's signature expires.</summary>
/// <param name="Url">The URL.</param>
/// <param name="IsHub">Whether the hub itself serves it: requests carry the token, and nothing expires.</param>
/// <param name="RenewAt">When it should be renewed, if its query says when it expires.</param>
internal sealed record SignedLocation(Uri Url, bool IsHub, DateTimeOffset? RenewAt)
{
    // A range may wait for a while before it is requested.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>Reads when a location expires: CloudFront's <c>Expires</c> (seconds since 1970), S3's
    /// <c>X-Amz-Date</c> and <c>X-Amz-Expires</c>.</summary>
    /// <remarks>A location that seems to have expired already has no <see cref="RenewAt"/>: our clock may be
    /// wrong.</remarks>
    public static SignedLocation OfRedirect(Uri url, DateTimeOffset now)
    {
        var renewAt = Expiry(url) - Margin;
        return new SignedLocation(url, IsHub: false, renewAt > now ? renewAt : null);
    }

    /// <summary>The URL that the server itself answered at: the file's own, or where it redirected.</summary>
    public static SignedLocation OfAnswer(Uri resolve, Uri url, DateTimeOffset now) =>
        url.OriginalString == resolve.OriginalString
            ? new SignedLocation(url, IsHub: true, null)
            : OfRedirect(url, now);

    private static DateTimeOffset? Expiry(Uri url)
    {
        long? expires = null,
            lifetime = null;
        DateTimeOffset? signed = null;
        foreach (var pair in url.PathAndQuery.Split('?', 2).Last().Split('&').Select(pair => pair.Split('=', 2)))
        {
            if (pair.Length < 2)
                continue;
            if (pair[0] == "Expires")
                expires = ParseSeconds(pair[1]);
            if (pair[0] == "X-Amz-Expires")
                lifetime = ParseSeconds(pair[1]);
            if (
                pair[0] == "X-Amz-Date"
                && DateTimeOffset.TryParseExact(
                    pair[1],
                    "yyyyMMdd'T'HHmmss'Z'",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var date
                )
            )
            {
                signed = date;
            }
        }

        return expires is { } at ? DateTimeOffset.FromUnixTimeSeconds(at)
            : lifetime is { } seconds ? signed?.AddSeconds(seconds)
            : null;
    }

    // Up to the year 2286; anything else is not a time.
    private static long? ParseSeconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 10_000_000_000
            ? number
            : null;
}
