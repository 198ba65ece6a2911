using NixAiModels.Transfer;

namespace NixAiModels.Terminal;

/// <summary>Shows how far a transfer is: one live line on a terminal, elsewhere a calm log.</summary>
/// <remarks>Nix kills a build that is silent for too long (max-silent-time) and people read logs: a line every 20
/// seconds while the transfer runs, whatever happens, and never more. Troubles that were got over wait for that line
/// too.</remarks>
public sealed class ProgressDisplay : IAsyncDisposable
{
    private static readonly TimeSpan CalmInterval = TimeSpan.FromSeconds(20),
        LiveInterval = TimeSpan.FromMilliseconds(200);
    private readonly TransferProgress _progress;
    private readonly bool _live;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly Warnings _troubles;
    private double _rate;
    private long _lastReceived;

    /// <summary>Starts to show a transfer.</summary>
    /// <param name="progress">The transfer.</param>
    /// <param name="troubles">What it reports as got over.</param>
    /// <param name="live">Whether a terminal shows it.</param>
    public ProgressDisplay(TransferProgress progress, Warnings troubles, bool live)
    {
        _progress = progress;
        _troubles = troubles;
        _live = live;
        if (live)
            Log.Redraw = Show;
        troubles.IsCollecting = true;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Whether standard error is a terminal that can show a live line.</summary>
    public static bool TerminalIsLive =>
        !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb")
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>Stops showing and says in one line what was done.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        Log.Redraw = null;
        if (_live)
            Log.Live("");
        _troubles.IsCollecting = false;
        foreach (var line in _troubles.Take())
            Log.Line(line);
        if (_progress.Verified == _progress.Files)
        {
            var time = TimeProvider.System.GetElapsedTime(_started);
            Log.Line(
                $"{Amounts.Count(_progress.Files, "file")}, {Amounts.Size(_progress.Bytes)}, all verified, in {Amounts.Time(time)}"
                    + $" ({Amounts.Size((long)(_progress.Received / Math.Max(time.TotalSeconds, 0.001)))}/s)"
            );
        }

        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var interval = _live ? LiveInterval : CalmInterval;
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var received = _progress.Received;
                var now = (received - _lastReceived) / interval.TotalSeconds;
                _rate = _rate == 0 || !_live ? now : (_rate * 0.9) + (now * 0.1);
                _lastReceived = received;
                if (_live)
                {
                    foreach (var line in _troubles.Take())
                        Log.Line(line);
                    Show();
                }
                else
                {
                    Log.Line(string.Join("; ", _troubles.Take().Prepend(Text)));
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private string Text
    {
        get
        {
            var left =
                _rate > 0
                    ? Amounts.Time(TimeSpan.FromSeconds((_progress.Bytes - _progress.Arrived) / _rate)) + " left"
                    : "waiting for the server";
            return $"{_progress.Verified}/{_progress.Files} files, {Amounts.Size(_progress.Arrived)} of {Amounts.Size(_progress.Bytes)}, "
                + $"{Amounts.Size((long)_rate)}/s, {left}";
        }
    }

    private void Show() => Log.Live(Text);
}
