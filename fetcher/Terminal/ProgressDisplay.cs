using NixAiModels.Transfer;

namespace NixAiModels.Terminal;

/// <summary>Shows the progress of a transfer: a live line on a terminal, elsewhere a line of the log every 15
/// seconds.</summary>
/// <remarks>Nix kills a build that is silent for too long (max-silent-time), and people read logs: that line comes
/// whatever happens, and carries the warnings since the last one.</remarks>
public sealed class ProgressDisplay : IAsyncDisposable
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(15),
        LiveInterval = TimeSpan.FromMilliseconds(200),
        LongestEstimate = TimeSpan.FromDays(2);
    private readonly TransferProgress _progress;
    private readonly bool _live;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly Warnings _warnings;
    private double _rate;
    private long _lastReceived;

    /// <summary>Starts to show a transfer.</summary>
    /// <param name="progress">The transfer's progress.</param>
    /// <param name="warnings">The transfer's warnings.</param>
    /// <param name="live">Whether a terminal shows the line live.</param>
    public ProgressDisplay(TransferProgress progress, Warnings warnings, bool live)
    {
        _progress = progress;
        _warnings = warnings;
        _live = live;
        if (live)
            Log.Redraw = Show;
        warnings.IsCollecting = true;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Whether a live line is shown: on a terminal, unless it is that of a CI service.</summary>
    public static bool TerminalIsLive =>
        StandardStreams.ErrorIsTerminal
        && !Log.IsQuiet
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>Stops, and prints a summary if all files were verified.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        Log.Redraw = null;
        if (_live)
            Log.Live("");
        _warnings.IsCollecting = false;
        PrintWarnings();
        if (_progress.Verified == _progress.Files)
        {
            var time = TimeProvider.System.GetElapsedTime(_started);
            var rate = (long)(_progress.Received / Math.Max(time.TotalSeconds, 0.001));
            // Where older versions or an earlier run had the rest.
            var received = _progress.Received;
            var downloaded = received < _progress.Bytes ? $"{Amounts.Size(received)} downloaded, " : "";
            var verified = _progress.IsVerified ? "all verified" : "complete";
            Log.Line(
                $"{Amounts.Count(_progress.Files, "file")}, {Amounts.Size(_progress.Bytes)}, {downloaded}"
                    + $"{verified}, in {Amounts.Time(time)} ({Amounts.Size(rate)}/s)"
            );
        }

        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var interval = _live ? LiveInterval : LogInterval;
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
                    PrintWarnings();
                    Show();
                }
                else
                {
                    Log.Line(_warnings.Drain() is { } warnings ? $"{Text}; {warnings}" : Text);
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private string Text
    {
        get
        {
            var left = Left((_progress.Bytes - _progress.Arrived) / _rate);
            return $"{_progress.Verified}/{_progress.Files} files, "
                + $"{Amounts.Size(_progress.Arrived)} of {Amounts.Size(_progress.Bytes)}, "
                + $"{Amounts.Size((long)_rate)}/s, {left}";
        }
    }

    /// <summary>The time that is left; a line that has all but stopped says nothing of the time.</summary>
    /// <param name="seconds">An estimate, perhaps not a finite number.</param>
    internal static string Left(double seconds) =>
        seconds < LongestEstimate.TotalSeconds ? Amounts.Time(TimeSpan.FromSeconds(seconds)) + " left"
        : double.IsFinite(seconds) ? "days left"
        : "waiting for the server";

    private void Show() => Log.Live(Text);

    private void PrintWarnings()
    {
        if (_warnings.Drain() is { } line)
            Log.Line(line);
    }
}
