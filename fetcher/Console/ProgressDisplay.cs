using NixAiModels.Transfer;

namespace NixAiModels.Console;

/// <summary>Shows how far a transfer is: one live line on a terminal, elsewhere a calm log.</summary>
/// <remarks>Nix kills a build that is silent for too long (max-silent-time) and people read logs: a line every 20 seconds while the
/// transfer runs, whatever happens, and never more. Troubles that were got over wait for that line too.</remarks>
public sealed class ProgressDisplay : IAsyncDisposable
{
    private static readonly TimeSpan CalmInterval = TimeSpan.FromSeconds(20), LiveInterval = TimeSpan.FromMilliseconds(200);
    private readonly TransferProgress progress;
    private readonly bool live;
    private readonly long started = TimeProvider.System.GetTimestamp();
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private readonly Troubles troubles;
    private double rate;
    private long lastReceived;

    /// <summary>Starts to show a transfer.</summary>
    /// <param name="progress">The transfer.</param>
    /// <param name="troubles">What it reports as got over.</param>
    /// <param name="live">Whether a terminal shows it.</param>
    public ProgressDisplay(TransferProgress progress, Troubles troubles, bool live)
    {
        this.progress = progress;
        this.troubles = troubles;
        this.live = live;
        if (live) Log.Redraw = Show;
        troubles.Gathered = true;
        loop = Task.Run(Loop);
    }

    /// <summary>Whether standard error is a terminal that can show a live line.</summary>
    public static bool TerminalIsLive =>
        !System.Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb")
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>Stops showing and says in one line what was done.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        Log.Redraw = null;
        if (live) Log.Live("");
        troubles.Gathered = false;
        foreach (var line in troubles.Take()) Log.Line(line);
        if (progress.Verified == progress.Files)
        {
            var time = TimeProvider.System.GetElapsedTime(started);
            Log.Line($"{Amounts.Count(progress.Files, "file")}, {Amounts.Size(progress.Bytes)}, all verified, in {Amounts.Time(time)}"
                + $" ({Amounts.Size((long)(progress.Received / Math.Max(time.TotalSeconds, 0.001)))}/s)");
        }

        stop.Dispose();
    }

    private async Task Loop()
    {
        var interval = live ? LiveInterval : CalmInterval;
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                var received = progress.Received;
                var now = (received - lastReceived) / interval.TotalSeconds;
                rate = rate == 0 || !live ? now : (rate * 0.9) + (now * 0.1);
                lastReceived = received;
                if (live)
                {
                    foreach (var line in troubles.Take()) Log.Line(line);
                    Show();
                }
                else
                {
                    Log.Line(string.Join("; ", troubles.Take().Prepend(Text)));
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private string Text
    {
        get
        {
            var left = rate > 0 ? Amounts.Time(TimeSpan.FromSeconds((progress.Bytes - progress.Arrived) / rate)) + " left" : "waiting for the server";
            return $"{progress.Verified}/{progress.Files} files, {Amounts.Size(progress.Arrived)} of {Amounts.Size(progress.Bytes)}, "
                + $"{Amounts.Size((long)rate)}/s, {left}";
        }
    }

    private void Show() => Log.Live(Text);
}
