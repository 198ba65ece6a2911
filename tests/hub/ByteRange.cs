using System.Globalization;

namespace NixAiModels.TestHub;

/// <summary>One range of bytes (RFC 9110, 14.1.2).</summary>
internal readonly record struct ByteRange(long First, long Length)
{
    /// <summary>Parses a Range header: "bytes=0-9", "bytes=10-", "bytes=-5". Anything else, including several ranges,
    /// means the whole file (null).</summary>
    public static (bool Satisfiable, ByteRange? Range) Parse(string header, long size)
    {
        if (!header.StartsWith("bytes=", StringComparison.Ordinal) || header.Contains(',', StringComparison.Ordinal))
            return (true, null);
        var ends = header[6..].Split('-');
        if (
            ends.Length != 2
            || !Number(ends[0], out var first)
            || !Number(ends[1], out var last)
            || (first is null && last is null)
            || last < first
        )
        {
            return (true, null);
        }

        if (first is null)
        {
            return last == 0 || size == 0
                ? (false, null)
                : (true, new ByteRange(Math.Max(0, size - last!.Value), Math.Min(size, last.Value)));
        }

        return first >= size
            ? (false, null)
            : (true, new ByteRange(first.Value, Math.Min(last ?? long.MaxValue - 1, size - 1) - first.Value + 1));
    }

    private static bool Number(string text, out long? number)
    {
        number = null;
        if (text == "")
            return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            return false;
        number = parsed;
        return true;
    }
}
