namespace NixAiModels.Transfer;

/// <summary>Which bytes of a file are there: disjoint ranges, merged where they touch. Not thread-safe.</summary>
public sealed class ByteRangeSet
{
    private readonly List<ByteRange> _ranges = [];

    /// <summary>The ranges, in order.</summary>
    public IReadOnlyList<ByteRange> Ranges => _ranges;

    /// <summary>How many bytes are there in all.</summary>
    public long Total { get; private set; }

    /// <summary>How many bytes are there from the start of the file without a hole.</summary>
    public long Prefix => _ranges.Count > 0 && _ranges[0].Offset == 0 ? _ranges[0].Length : 0;

    /// <summary>Adds a range; parts that are there already are not counted twice.</summary>
    /// <param name="range">The bytes that have arrived.</param>
    /// <returns>How many of them are new.</returns>
    public long Add(ByteRange range)
    {
        if (range.Length <= 0)
            return 0;
        var first = _ranges.FindIndex(r => r.End >= range.Offset);
        if (first < 0)
            first = _ranges.Count;
        var (start, end, known, count) = (range.Offset, range.End, 0L, 0);
        while (first + count < _ranges.Count && _ranges[first + count].Offset <= range.End)
        {
            var touched = _ranges[first + count++];
            start = Math.Min(start, touched.Offset);
            end = Math.Max(end, touched.End);
            known += touched.Length;
        }

        _ranges.RemoveRange(first, count);
        _ranges.Insert(first, new ByteRange(start, end - start));
        var added = end - start - known;
        Total += added;
        return added;
    }

    /// <summary>Whether every byte of a range is there.</summary>
    /// <param name="range">The bytes in question.</param>
    public bool Contains(ByteRange range) =>
        range.Length == 0 || _ranges.Exists(r => r.Offset <= range.Offset && r.End >= range.End);

    /// <summary>The parts of a range that are not there yet, in order.</summary>
    /// <param name="range">The bytes in question.</param>
    public IEnumerable<ByteRange> Missing(ByteRange range)
    {
        var position = range.Offset;
        foreach (
            var there in _ranges
                .SkipWhile(there => there.End <= range.Offset)
                .TakeWhile(there => there.Offset < range.End)
        )
        {
            if (there.Offset > position)
                yield return new ByteRange(position, there.Offset - position);
            position = there.End;
        }

        if (position < range.End)
            yield return new ByteRange(position, range.End - position);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _ranges.Clear();
        Total = 0;
    }
}
