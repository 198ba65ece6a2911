namespace NixAiModels.Terminal;

/// <summary>Prints a line whenever nothing else was printed for 20 seconds: Nix kills a build that is silent for too
/// long (<c>max-silent-time</c>), and people wonder.</summary>
public sealed class Heartbeat : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static string _step = "working";
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private Heartbeat(TimeSpan interval) => _loop = Task.Run(() => LoopAsync(interval));

    /// <summary>Starts.</summary>
    public static Heartbeat Start() => new(Interval);

    /// <summary>Starts with another interval.</summary>
    internal static Heartbeat Start(TimeSpan interval) => new(interval);

    /// <summary>Names what is done until the result is disposed.</summary>
    /// <param name="text">A participle, such as "validating /nix/store/…".</param>
    public static IDisposable Step(string text) => new Named(Interlocked.Exchange(ref _step, text));

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task LoopAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval / 20);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                // One tick early, so that the line is never late.
                if (!Log.IsLive && Log.Silence >= interval * 0.95)
                    Log.Line($"still {Volatile.Read(ref _step)}");
            }
        }
        catch (OperationCanceledException) { }
    }

    private sealed class Named(string before) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref _step, before);
    }
}
