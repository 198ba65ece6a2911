using System.Globalization;

namespace NixAiModels.Transfer;

/// <summary>A note beside an unfinished file of which of its ranges have arrived: a line "offset length" each, only
/// ever appended to.</summary>
/// <remarks>A line that is cut short or makes no sense is passed over: its bytes are fetched again. Bytes are verified
/// whatever the note says, so a wrong note costs time, never correctness.</remarks>
/// <param name="path">The note's path.</param>
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

    /// <summary>Notes a range. The full stop at the end of the line tells a whole line from one that was cut
    /// short.</summary>
    public void Add(ByteRange range)
    {
        lock (_gate)
            File.AppendAllText(path, $"{range.Offset} {range.Length} .\n");
    }

    public void Begin() => File.WriteAllText(path, "");

    public void Delete() => File.Delete(path);
}
