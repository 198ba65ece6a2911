using System.Globalization;
using System.Text.RegularExpressions;

namespace NixAiModels.Hub;

/// <summary>How long a server asks to be left alone.</summary>
internal static partial class RetryAfter
{
    /// <summary>Reads <c>Retry-After</c> in both its forms (RFC 9110, section 10.2.3), else <c>RateLimit:
    /// "api";r=0;t=55</c>
    /// (draft-ietf-httpapi-ratelimit-headers), which asks for patience only when no request remains.</summary>
    /// <returns>The pause, never negative; <see langword="null"/> where nothing was asked for.</returns>
    public static TimeSpan? Of(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } after)
        {
            var pause = after.Delta ?? after.Date - DateTimeOffset.UtcNow;
            return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
        }

        if (!response.Headers.NonValidated.TryGetValues("RateLimit", out var limits))
            return null;
        TimeSpan? longest = null;
        foreach (var limit in limits.SelectMany(value => value.Split(',')))
        {
            if (!Empty().IsMatch(limit) || !Window().Match(limit).Groups[1].ValueSpan.TryParseSeconds(out var seconds))
                continue;
            if (longest is null || seconds > longest)
                longest = seconds;
        }

        return longest;
    }

    private static bool TryParseSeconds(this ReadOnlySpan<char> digits, out TimeSpan pause)
    {
        var parsed = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        pause = TimeSpan.FromSeconds(seconds);
        return parsed;
    }

    [GeneratedRegex(@";\s*r\s*=\s*0+\s*(;|$)")]
    private static partial Regex Empty();

    [GeneratedRegex(@";\s*t\s*=\s*(\d+)\s*(;|$)")]
    private static partial Regex Window();
}
