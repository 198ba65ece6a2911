namespace NixAiModels.Transfer;

/// <summary>How bytes are moved.</summary>
public sealed record TransferOptions
{
    /// <summary>How many requests are under way at once.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>The largest range asked for in one request, in bytes.</summary>
    public int LargestRange { get; init; } = 16 << 20;

    /// <summary>The smallest range that a large file is cut into, in bytes.</summary>
    public int SmallestRange { get; init; } = 2 << 20;

    /// <summary>A connection from which no byte has come for this long is dropped and asked again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a range is tried without receiving a single new byte before the transfer fails.</summary>
    public int TriesWithoutProgress { get; init; } = 6;

    /// <summary>The pause after the first fruitless try; it doubles with each further one, up to half a
    /// minute.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The most bytes per second, all connections together; <see langword="null"/> for no limit.</summary>
    public long? BandwidthLimit { get; init; }
}
