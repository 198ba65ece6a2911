namespace NixAiModels.Transfer;

/// <summary>A limit on bytes per second that all connections share.</summary>
/// <param name="bytesPerSecond">The limit; <see langword="null"/> for no limit.</param>
internal sealed class Bandwidth(long? bytesPerSecond)
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock = TimeProvider.System;
    private long _paidUntil = TimeProvider.System.GetTimestamp();

    /// <summary>Delays the caller after it has received bytes, so that all together stay below the limit.</summary>
    public async ValueTask PayAsync(int bytes, CancellationToken cancellation)
    {
        if (bytesPerSecond is not { } rate)
            return;
        TimeSpan wait;
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            _paidUntil = Math.Max(_paidUntil, now) + (long)(bytes * (double)_clock.TimestampFrequency / rate);
            wait = _clock.GetElapsedTime(now, _paidUntil);
        }

        if (wait > TimeSpan.FromMilliseconds(5))
            await Task.Delay(wait, cancellation);
    }
}
