using Humanizer;

namespace NixAiModels.Terminal;

/// <summary>Sizes, times and counts in messages.</summary>
public static class Amounts
{
    /// <summary>A size such as "4.29 GB" (powers of 1000, as the hub shows them).</summary>
    /// <param name="bytes">The size in bytes.</param>
    public static string Size(long bytes) =>
        bytes switch
        {
            >= 1_000_000_000_000 => $"{bytes / 1e12:0.##} TB",
            >= 1_000_000_000 => $"{bytes / 1e9:0.##} GB",
            >= 1_000_000 => $"{bytes / 1e6:0.#} MB",
            >= 1_000 => $"{bytes / 1e3:0.#} kB",
            _ => "byte".ToQuantity(bytes),
        };

    /// <summary>A time such as "2 minutes, 5 seconds".</summary>
    /// <param name="time">The duration.</param>
    public static string Time(TimeSpan time) =>
        time.TotalSeconds < 10
            ? $"{time.TotalSeconds:0.0} s"
            : TimeSpan.FromSeconds(Math.Round(time.TotalSeconds)).Humanize(precision: 2);

    /// <summary>A number with its noun, such as "3 files".</summary>
    /// <param name="count">The number.</param>
    /// <param name="noun">The noun, singular.</param>
    public static string Count(int count, string noun) => noun.ToQuantity(count, "N0");
}
