using System.Globalization;

namespace NixAiModels.Hub;

/// <summary>Where a file's bytes are for now.</summary>
/// <param name="Url">The URL.</param>
/// <param name="IsHome">Whether it is the hub itself that serves it, so that the token goes along and nothing
/// expires.</param>
/// <param name="RenewAt">When it should not be used any more, if its query says until when it is good.</param>
internal sealed record SignedLocation(Uri Url, bool IsHome, DateTimeOffset? RenewAt)
{
    // A range may take a while to be asked for.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>Reads how long a location is good: CloudFront's <c>Expires</c> (seconds since 1970), S3's
    /// <c>X-Amz-Date</c> and <c>X-Amz-Expires</c>.</summary>
    /// <remarks>A location that seems to have little time left says nothing: our clock may be wrong. Its refusal will
    /// tell.</remarks>
    public static SignedLocation Elsewhere(Uri url, DateTimeOffset now)
    {
        var renewAt = Expiry(url) - Margin;
        return new SignedLocation(url, IsHome: false, renewAt > now ? renewAt : null);
    }

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
                expires = Number(pair[1]);
            if (pair[0] == "X-Amz-Expires")
                lifetime = Number(pair[1]);
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

    // Up to the year 2286; anything else is no time.
    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 10_000_000_000
            ? number
            : null;
}
