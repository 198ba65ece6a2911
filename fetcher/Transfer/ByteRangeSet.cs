namespace NixAiModels.Transfer;

/// <summary>A set of bytes of a file, as disjoint ranges that are merged where they touch. Not thread-safe.</summary>
public sealed class ByteRangeSet
{
    private readonly List<ByteRange> _ranges = [];

    /// <summary>The ranges, in order.</summary>
    public IReadOnlyList<ByteRange> Ranges => _ranges;

    /// <summary>How many bytes the set has.</summary>
    public long Total { get; private set; }

    /// <summary>The length of the contiguous range from the start of the file.</summary>
    public long Prefix => _ranges.Count > 0 && _ranges[0].Offset == 0 ? _ranges[0].Length : 0;

    /// <summary>Adds a range.</summary>
    /// <param name="range">The range.</param>
    /// <returns>How many of its bytes are new.</returns>
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

    /// <summary>Whether the set has every byte of a range.</summary>
    /// <param name="range">The range.</param>
    public bool Contains(ByteRange range) =>
        range.Length == 0 || _ranges.Exists(r => r.Offset <= range.Offset && r.End >= range.End);

    /// <summary>The parts of a range that the set does not have, in order.</summary>
    /// <param name="range">The range.</param>
    public IEnumerable<ByteRange> Missing(ByteRange range)
    {
        var position = range.Offset;
        foreach (
            var present in _ranges
                .SkipWhile(present => present.End <= range.Offset)
                .TakeWhile(present => present.Offset < range.End)
        )
        {
            if (present.Offset > position)
                yield return new ByteRange(position, present.Offset - position);
            position = present.End;
        }

        if (position < range.End)
            yield return new ByteRange(position, range.End - position);
    }

    /// <summary>Removes all ranges.</summary>
    public void Clear()
    {
        _ranges.Clear();
        Total = 0;
    }
}
