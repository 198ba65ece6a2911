using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>Of which chunks a whole file consists, and which of them it has more than once.</summary>
internal sealed class FilePlan
{
    // Bounds the answer of one request, also where a file is put together from very many pieces.
    private const long LongestSegment = 16L << 30;

    private readonly Dictionary<string, List<ChunkRange>> _repeated;

    private FilePlan(IReadOnlyList<Term> terms) => (Terms, _repeated) = (terms, FindRepeated(terms));

    /// <summary>The terms of the file, in order.</summary>
    public IReadOnlyList<Term> Terms { get; }

    /// <summary>Asks of which chunks a file consists.</summary>
    /// <param name="store">The store that has it.</param>
    /// <param name="file">The hash by which Xet knows it.</param>
    /// <param name="size">Its size in bytes, at least 1.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <exception cref="Failure">There is no answer, or an invalid one.</exception>
    public static async Task<FilePlan> LoadAsync(XetStore store, string file, long size, CancellationToken cancellation)
    {
        var terms = new List<Term>();
        for (var start = 0L; start < size; start += LongestSegment)
        {
            var segment = new ByteRange(start, Math.Min(LongestSegment, size - start));
            terms.AddRange((await store.ReconstructAsync(file, segment, cancellation)).Terms);
        }

        return new FilePlan(terms);
    }

    /// <summary>Whether the file has a chunk in more than one place.</summary>
    public bool IsRepeated(string xorb, int chunk) =>
        _repeated.TryGetValue(xorb, out var ranges)
        && ranges.Exists(range => range.Start <= chunk && chunk < range.End);

    /// <summary>Whether the file has any of a term's chunks in more than one place.</summary>
    public bool HasRepeated(Term term) =>
        _repeated.TryGetValue(term.Xorb, out var ranges)
        && ranges.Exists(range => range.Start < term.Chunks.End && term.Chunks.Start < range.End);

    private static Dictionary<string, List<ChunkRange>> FindRepeated(IEnumerable<Term> terms)
    {
        var repeated = new Dictionary<string, List<ChunkRange>>();
        foreach (var xorb in terms.GroupBy(term => term.Xorb))
        {
            var ranges = new List<ChunkRange>();
            var end = 0;
            foreach (var chunks in xorb.Select(term => term.Chunks).OrderBy(chunks => chunks.Start))
            {
                if (chunks.Start < end)
                    ranges.Add(chunks with { End = Math.Min(end, chunks.End) });
                end = Math.Max(end, chunks.End);
            }

            if (ranges.Count > 0)
                repeated[xorb.Key] = ranges;
        }

        return repeated;
    }
}
