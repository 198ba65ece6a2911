using System.Globalization;

namespace NixAiModels.Transfer;

/// <summary>The ranges of an unfinished file that have arrived: a line "offset length ." each, appended only.</summary>
/// <remarks>An incomplete or invalid line is skipped: its bytes are downloaded again. All bytes are verified, so a
/// wrong journal costs time, never correctness.</remarks>
/// <param name="path">The journal's path.</param>
internal sealed class RangeJournal(string path)
{
    private readonly Lock _gate = new();

    public bool Exists => File.Exists(path);

    public ByteRangeSet Read(long size)
    {
        var ranges = new ByteRangeSet();
        if (!File.Exists(path))
            return ranges;
        foreach (var line in File.ReadLines(path))
        {
            var words = line.Split(' ');
            if (
                words.Length == 3
                && words[2] == "."
                && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                && offset <= size
                && length <= size - offset
            )
            {
                ranges.Add(new ByteRange(offset, length));
            }
        }

        return ranges;
    }

    /// <summary>Records a range. The full stop at its end tells a complete line from one that was cut off.</summary>
    public void Add(ByteRange range)
    {
        lock (_gate)
            File.AppendAllText(path, $"{range.Offset} {range.Length} .\n");
    }

    public void Create() => File.WriteAllText(path, "");

    public void Delete() => File.Delete(path);
}
