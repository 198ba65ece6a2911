namespace NixAiModels.Transfer;

/// <summary>Finds out how many connections the line takes: few where few fill it, many where each of them is limited or
/// most of the time is spent waiting for answers.</summary>
/// <remarks>Their number is doubled as long as that makes the transfer clearly faster, and measured anew when the rate
/// has changed for good.</remarks>
internal sealed class ConnectionTuner
{
    /// <summary>How many there are at most.</summary>
    internal const int Max = 64;

    // A fast line is filled by fewer, but loses nothing by these (docs/benchmarks.md); a line that limits each
    // connection is filled sooner.
    private const int First = 32;
    private const int Least = 8;

    // A small file is one request, and is waited for alone.
    private const int FilesOfConnection = 8;

    // A request counts for as much as these bytes: many small files are slow for another reason than a large one.
    private const long BytesOfRequest = 64 << 10;
    private const double WorthDoubling = 1.2;
    private const double ChangedForGood = 0.5;

    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    private bool _isWarm;
    private double _before;
    private double _settled;
    private bool _isSettled;

    /// <summary>Begins with as many connections as lose nothing on any line.</summary>
    /// <param name="files">How many files there are.</param>
    public ConnectionTuner(int files) => Connections = Math.Clamp(files / FilesOfConnection, First, Max);

    /// <summary>How many connections there are to be now.</summary>
    public int Connections { get; private set; }

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
        if (!_isWarm)
        {
            // While connections open, anything that follows would look like a gain.
            _isWarm = true;
            return;
        }

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
                Connections = Math.Max(Least, Connections / 2);
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
