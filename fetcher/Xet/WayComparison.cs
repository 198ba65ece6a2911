namespace NixAiModels.Xet;

/// <summary>Compares how fast a connection is that takes the plain way with one that takes Xet. A line that is full, a
/// disk that is slow and a limit of the user's slow both down alike, so that neither then looks better.
/// Thread-safe.</summary>
/// <param name="patience">How long the plain way alone is taken first.</param>
internal sealed class WayComparison(TimeSpan patience)
{
    private const int Ranges = 2;

    // Xet costs processor time, and a few ranges tell little.
    private const double Worthwhile = 1.5;

    // Connections that share a full line are slower the more of them there are: seen only after the change.
    private const long Trial = 64 << 20;

    private readonly Lock _gate = new();
    private long? _began;
    private int _probes;
    private Speed _plain;
    private Speed _xet;
    private Way _way = Way.Undecided;

    private enum Way
    {
        Undecided,
        Plain,
        Xet,
    }

    /// <summary>Whether the next range is to come through Xet.</summary>
    public bool TakesXet()
    {
        lock (_gate)
        {
            if (_way != Way.Undecided)
                return _way == Way.Xet;
            _began ??= TimeProvider.System.GetTimestamp();
            if (
                _probes == Ranges
                || _plain.Ranges < Ranges
                || TimeProvider.System.GetElapsedTime(_began.Value) < patience
            )
            {
                return false;
            }

            _probes++;
            return true;
        }
    }

    /// <summary>Adds what a range has taken.</summary>
    /// <param name="isXet">Whether it came through Xet.</param>
    /// <param name="bytes">How many bytes of the file it brought.</param>
    /// <param name="time">From the request to the last of them.</param>
    /// <returns>Whether it shows that Xet is to be taken from now on.</returns>
    public bool Add(bool isXet, long bytes, TimeSpan time)
    {
        lock (_gate)
        {
            if (isXet)
                _xet = _xet.With(bytes, time);
            else
                _plain = _plain.With(bytes, time);
            switch (_way)
            {
                case Way.Undecided when _xet.Ranges == Ranges:
                    _way = _xet.BytesPerSecond > _plain.BytesPerSecond * Worthwhile ? Way.Xet : Way.Plain;
                    _xet = default;
                    return _way == Way.Xet;
                case Way.Xet when _xet.Bytes >= Trial && _xet.BytesPerSecond < _plain.BytesPerSecond:
                    _way = Way.Plain;
                    return false;
                default:
                    return false;
            }
        }
    }

    private readonly record struct Speed(int Ranges, long Bytes, double Seconds)
    {
        public double BytesPerSecond => Bytes / Math.Max(Seconds, 1e-6);

        public Speed With(long bytes, TimeSpan time) => new(Ranges + 1, Bytes + bytes, Seconds + time.TotalSeconds);
    }
}
