namespace NixAiModels.Paths;

/// <summary>What stands between the brackets of a pattern. Follows Python's <c>fnmatch.translate</c> and what its
/// <c>re</c> then makes of the class, oddities included: in <c>[z-a!b]</c> the empty range goes first, and what is left
/// begins with an exclamation mark.</summary>
internal sealed class FnmatchSet
{
    private readonly bool _negated;
    private readonly List<(int First, int Last)> _ranges = [];

    private FnmatchSet(bool negated) => _negated = negated;

    /// <summary>Reads a set.</summary>
    /// <param name="inside">The code points between the brackets, at least one.</param>
    internal static FnmatchSet Parse(ReadOnlySpan<int> inside)
    {
        var chunks = Chunks(inside);
        RemoveEmptyRanges(chunks);

        var negated = chunks[0].Count > 0 && chunks[0][0] == '!';
        if (negated)
            chunks[0].RemoveAt(0);

        var set = new FnmatchSet(negated);
        for (var i = 0; i < chunks.Count; i++)
        {
            foreach (var character in chunks[i])
                set._ranges.Add((character, character));
            if (i + 1 == chunks.Count)
                break;

            // A class that begins with its hyphen holds a hyphen.
            set._ranges.Add(chunks[i].Count > 0 ? (chunks[i][^1], chunks[i + 1][0]) : ('-', '-'));
        }

        return set;
    }

    internal bool Contains(int character) =>
        _ranges.Exists(range => range.First <= character && character <= range.Last) != _negated;

    /// <summary>Cuts at the hyphens that make ranges: neither the first character nor the one after a range is such a
    /// hyphen.</summary>
    private static List<List<int>> Chunks(ReadOnlySpan<int> inside)
    {
        var chunks = new List<List<int>>();
        var start = 0;
        for (var i = inside[0] == '!' ? 2 : 1; i < inside.Length; i++)
        {
            if (inside[i] != '-')
                continue;
            chunks.Add([.. inside[start..i]]);
            start = i + 1;
            i += 2;
        }

        if (start < inside.Length)
            chunks.Add([.. inside[start..]]);
        else
            chunks[^1].Add('-');
        return chunks;
    }

    private static void RemoveEmptyRanges(List<List<int>> chunks)
    {
        for (var i = chunks.Count - 1; i > 0; i--)
        {
            if (chunks[i - 1][^1] <= chunks[i][0])
                continue;
            chunks[i - 1] = [.. chunks[i - 1][..^1], .. chunks[i][1..]];
            chunks.RemoveAt(i);
        }
    }
}
