using System.Globalization;

namespace NixAiModels.Transfer;

/// <summary>How bytes are moved.</summary>
public sealed record TransferOptions
{
    /// <summary>How many requests run at once; <see langword="null"/>: as many as make the transfer faster.</summary>
    public int? Connections { get; init; }

    /// <summary>The most requests that run at once.</summary>
    public int MaxConnections { get; init; } = ConnectionTuner.Max;

    /// <summary>The largest range of one request, in bytes.</summary>
    public int LargestRange { get; init; } = 16 << 20;

    /// <summary>The smallest range of a large file, in bytes.</summary>
    public int SmallestRange { get; init; } = 2 << 20;

    /// <summary>A request that receives no byte for this long is cancelled and retried.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many attempts in a row may receive no byte of a range before the transfer fails.</summary>
    public int TriesWithoutProgress { get; init; } = 6;

    /// <summary>The delay after the first attempt without progress; it doubles with each further one, up to 30
    /// seconds.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The limit in bytes per second of all connections together; <see langword="null"/> for no
    /// limit.</summary>
    public long? BandwidthLimit { get; init; }

    /// <summary>Which way large files are downloaded.</summary>
    public TransportChoice Transport { get; init; }

    /// <summary>How long the plain way alone is taken before it is compared with Xet.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The options that a command line or a definition gives.</summary>
    /// <param name="connections">Requests at once, 1 to 256; the default where it is <see langword="null"/>.</param>
    /// <param name="bandwidthLimit">Bytes per second, such as <c>10M</c> or <c>500kB</c> (powers of 1000); no limit
    /// where it is <see langword="null"/>.</param>
    /// <param name="transport"><c>auto</c>, <c>plain</c> or <c>xet</c>; <c>auto</c> where it is
    /// <see langword="null"/>.</param>
    /// <exception cref="Failure">A number is out of range, or a word cannot be read (exit code 2).</exception>
    public static TransferOptions Of(int? connections, string? bandwidthLimit, string? transport = null)
    {
        if (connections is < 1 or > 256)
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid number of connections {connections}: use 1 to 256, or none to let them follow the line"
            );
        }

        var options = new TransferOptions();
        return options with
        {
            Connections = connections,
            BandwidthLimit = bandwidthLimit is null ? null : Rate(bandwidthLimit),
            Transport = Choice(transport),
        };
    }

    private static TransportChoice Choice(string? word) =>
        word switch
        {
            null or "auto" => TransportChoice.Auto,
            "plain" => TransportChoice.Plain,
            "xet" => TransportChoice.Xet,
            _ => throw new Failure(
                ExitCode.Usage,
                $"invalid transport '{Printable.Escape(word)}': use auto, plain or xet"
            ),
        };

    private static long Rate(string text)
    {
        var unit = text.TrimEnd('B', 'b').LastOrDefault() switch
        {
            'k' or 'K' => 1e3,
            'm' or 'M' => 1e6,
            'g' or 'G' => 1e9,
            _ => 1,
        };
        var digits = text.TrimEnd('B', 'b').TrimEnd('k', 'K', 'm', 'M', 'g', 'G');
        return
            double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit >= 1
            ? (long)(number * unit)
            : throw new Failure(ExitCode.Usage, $"invalid rate '{text}': use bytes per second, such as 10M");
    }
}
