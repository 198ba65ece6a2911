namespace NixAiModels.Transfer;

/// <summary>Finds out how many connections the line takes: few where few fill it, many where each of them is limited or
/// most of the time is spent waiting for answers.</summary>
/// <remarks>Their number is doubled as long as that makes the transfer clearly faster, and measured anew when the rate
/// has changed for good.</remarks>
internal sealed class ConnectionTuner
{
    /// <summary>With how many a transfer begins.</summary>
    internal const int First = 8;

    /// <summary>How many there are at most.</summary>
    internal const int Max = 64;

    // A request counts for as much as these bytes: many small files are slow for another reason than a large one.
    private const long BytesOfRequest = 64 << 10;
    private const double WorthDoubling = 1.2;
    private const double ChangedForGood = 0.5;

    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    private double _before;
    private double _settled;
    private bool _isSettled;

    /// <summary>How many connections there are to be now.</summary>
    public int Connections { get; private set; } = First;

    /// <summary>How long the next look takes.</summary>
    /// <param name="latency">How long answers take to begin.</param>
    public TimeSpan Interval(TimeSpan latency)
    {
        if (_isSettled)
            return BetweenLooks;
        // New connections are opened and their first answers begin within a few round trips.
        var interval = latency * 3;
        return interval > ShortestLook ? interval : ShortestLook;
    }

    /// <summary>Decides what the rate of the last interval means.</summary>
    /// <param name="bytes">How many bytes came in it.</param>
    /// <param name="requests">How many requests were answered in it.</param>
    /// <param name="interval">How long it was.</param>
    public void Look(long bytes, long requests, TimeSpan interval)
    {
        var rate = (bytes + (requests * BytesOfRequest)) / interval.TotalSeconds;
        if (rate <= 0)
            return;
        if (_isSettled)
        {
            if (Math.Abs(rate - _settled) < _settled * ChangedForGood)
                return;
            (_isSettled, _before) = (false, 0);
        }

        if (_before > 0 && rate < _before * WorthDoubling)
        {
            // The last doubling gained nothing.
            if (rate < _before * 1.05)
                Connections = Math.Max(First, Connections / 2);
            (_isSettled, _settled) = (true, rate);
            return;
        }

        if (Connections >= Max)
        {
            (_isSettled, _settled) = (true, rate);
            return;
        }

        _before = rate;
        Connections = Math.Min(Max, Connections * 2);
    }
}
