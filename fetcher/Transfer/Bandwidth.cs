namespace NixAiModels.Transfer;

/// <summary>A limit on bytes per second that all connections share.</summary>
/// <param name="bytesPerSecond">The limit; <see langword="null"/> for none.</param>
internal sealed class Bandwidth(long? bytesPerSecond)
{
    private readonly Lock gate = new();
    private readonly TimeProvider clock = TimeProvider.System;
    private long paidUntil = TimeProvider.System.GetTimestamp();

    /// <summary>Waits until the bytes that have just been received may count as received.</summary>
    public async ValueTask Pay(int bytes, CancellationToken cancellation)
    {
        if (bytesPerSecond is not { } rate) return;
        TimeSpan wait;
        lock (gate)
        {
            var now = clock.GetTimestamp();
            paidUntil = Math.Max(paidUntil, now) + (long)(bytes * (double)clock.TimestampFrequency / rate);
            wait = clock.GetElapsedTime(now, paidUntil);
        }

        if (wait > TimeSpan.FromMilliseconds(5)) await Task.Delay(wait, cancellation);
    }
}
