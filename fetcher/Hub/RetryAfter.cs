using System.Globalization;
using System.Text.RegularExpressions;

namespace NixAiModels.Hub;

/// <summary>How long a server asks to wait.</summary>
internal static partial class RetryAfter
{
    /// <summary>Reads <c>Retry-After</c> in both its forms (RFC 9110, section 10.2.3), else
    /// <c>RateLimit: "api";r=0;t=55</c> (draft-ietf-httpapi-ratelimit-headers), where no request remains.</summary>
    /// <returns>The delay, never negative; <see langword="null"/> if there is none.</returns>
    public static TimeSpan? Of(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } after)
        {
            var delay = after.Delta ?? after.Date - DateTimeOffset.UtcNow;
            return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
        }

        if (!response.Headers.NonValidated.TryGetValues("RateLimit", out var limits))
            return null;
        TimeSpan? longest = null;
        foreach (var limit in limits.SelectMany(value => value.Split(',')))
        {
            if (
                !Exhausted().IsMatch(limit)
                || !Window().Match(limit).Groups[1].ValueSpan.TryParseSeconds(out var seconds)
            )
            {
                continue;
            }

            if (longest is null || seconds > longest)
                longest = seconds;
        }

        return longest;
    }

    private static bool TryParseSeconds(this ReadOnlySpan<char> digits, out TimeSpan delay)
    {
        var parsed = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        delay = TimeSpan.FromSeconds(seconds);
        return parsed;
    }

    [GeneratedRegex(@";\s*r\s*=\s*0+\s*(;|$)")]
    private static partial Regex Exhausted();

    [GeneratedRegex(@";\s*t\s*=\s*(\d+)\s*(;|$)")]
    private static partial Regex Window();
}
