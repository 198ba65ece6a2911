using System.Diagnostics;

namespace NixAiModels.TestHub;

/// <summary>A fixed window of API requests, announced in the Hub's headers
/// (draft-ietf-httpapi-ratelimit-headers).</summary>
internal sealed class RateLimiter(int quota, TimeSpan window)
{
    private readonly Lock _lock = new();
    private long _windowStarted = Stopwatch.GetTimestamp();
    private int _used;

    /// <summary>Counts the request and writes the headers; answers 429 and returns true if the quota is used
    /// up.</summary>
    public async Task<bool> RefusesAsync(Exchange exchange)
    {
        if (quota == 0)
            return false;
        int remaining;
        int seconds;
        lock (_lock)
        {
            if (Stopwatch.GetElapsedTime(_windowStarted) > window)
                (_windowStarted, _used) = (Stopwatch.GetTimestamp(), 0);
            remaining = quota - ++_used;
            seconds = (int)Math.Ceiling((window - Stopwatch.GetElapsedTime(_windowStarted)).TotalSeconds);
        }
        exchange.Response.Headers["RateLimit"] = $"\"api\";r={Math.Max(remaining, 0)};t={seconds}";
        exchange.Response.Headers["RateLimit-Policy"] = $"\"fixed window\";\"api\";q={quota};w={window.TotalSeconds}";
        if (remaining >= 0)
            return false;
        await exchange.ErrorAsync(
            429,
            null,
            "We had to rate limit your IP. To continue using our service, create a HF account or login."
        );
        return true;
    }
}
