namespace NixAiModels.Xet;

/// <summary>Bytes of a file that an older version of it on this machine has too.</summary>
/// <param name="Offset">Where they are in the file.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Older">The older version.</param>
/// <param name="OlderOffset">Where they are in that.</param>
internal sealed record LocalPiece(long Offset, long Length, OlderVersion Older, long OlderOffset)
{
    /// <summary>Where they end in the file.</summary>
    public long End => Offset + Length;
}

/// <summary>Finds what a file and its older versions on this machine have in common: the chunks of the same xorbs. The
/// store says for each version of which chunks it consists; the lengths of single chunks come from cutting the older
/// version again, where only a part of what stands there is needed.</summary>
internal static class LocalPieces
{
    // xet-core until 2026 and its port to JavaScript accept a boundary up to this much earlier.
    private const int EarlierBoundary = 64;

    private const int CutBuffer = 1 << 20;

    /// <summary>Finds the pieces.</summary>
    /// <param name="file">The file's terms.</param>
    /// <param name="size">The file's size in bytes.</param>
    /// <param name="older">The older versions, each with its terms.</param>
    /// <returns>The pieces in order; none overlaps another.</returns>
    public static IReadOnlyList<LocalPiece> Find(
        IReadOnlyList<Term> file,
        long size,
        IEnumerable<(OlderVersion Version, IReadOnlyList<Term> Terms)> older
    )
    {
        var here = older
            .SelectMany(each => each.Terms.Select(term => new OlderTerm(each.Version, term)))
            .ToLookup(each => each.Term.Xorb);
        var pieces = new List<LocalPiece>();
        var end = 0L;
        foreach (var term in file)
        {
            foreach (var piece in PiecesOf(term, here[term.Xorb]))
            {
                var start = Math.Max(piece.Offset, end);
                var length = Math.Min(piece.End, size) - start;
                if (length <= 0)
                    continue;
                end = start + length;
                var skipped = start - piece.Offset;
                if (
                    pieces is [.., var last]
                    && last.End == start
                    && last.Older == piece.Older
                    && last.OlderOffset + last.Length == piece.OlderOffset + skipped
                )
                {
                    pieces[^1] = last with { Length = last.Length + length };
                }
                else
                {
                    pieces.Add(new LocalPiece(start, length, piece.Older, piece.OlderOffset + skipped));
                }
            }
        }

        return pieces;
    }

    private static IEnumerable<LocalPiece> PiecesOf(Term term, IEnumerable<OlderTerm> here)
    {
        var same = here.FirstOrDefault(older => older.Term.Chunks == term.Chunks && older.Term.Length == term.Length);
        if (same is not null)
            return [new LocalPiece(term.Offset, term.Length, same.Version, same.Term.Offset)];
        return here.Select(older => PartOf(term, older)).OfType<LocalPiece>().OrderBy(piece => piece.Offset);
    }

    /// <summary>What two terms of the same xorb have in common.</summary>
    private static LocalPiece? PartOf(Term term, OlderTerm older)
    {
        var (start, end) = (
            Math.Max(term.Chunks.Start, older.Term.Chunks.Start),
            Math.Min(term.Chunks.End, older.Term.Chunks.End)
        );
        if (start >= end || older.Ends is not { } ends)
            return null;
        var first = start - older.Term.Chunks.Start;
        var olderOffset = older.Term.Offset + (first == 0 ? 0 : ends[first - 1]);
        var length = older.Term.Offset + ends[end - older.Term.Chunks.Start - 1] - olderOffset;
        if (start == term.Chunks.Start)
            return new LocalPiece(term.Offset, length, older.Version, olderOffset);
        // The lengths of the chunks before it are not known, those of the chunks from it on are.
        return end == term.Chunks.End ? new LocalPiece(term.End - length, length, older.Version, olderOffset) : null;
    }

    /// <summary>A term of an older version. Where its chunks end is found when it is asked for.</summary>
    private sealed class OlderTerm(OlderVersion version, Term term)
    {
        private int[]? _ends;
        private bool _isCut;

        public OlderVersion Version => version;

        public Term Term => term;

        /// <summary>Where each chunk ends, from the beginning of the term; <see langword="null"/> where the file does
        /// not have the term's chunks there.</summary>
        public int[]? Ends
        {
            get
            {
                if (!_isCut)
                    (_ends, _isCut) = (Cut(), true);
                return _ends;
            }
        }

        private int[]? Cut() => Cut(ContentChunker.Shortest) ?? Cut(ContentChunker.Shortest - EarlierBoundary);

        private int[]? Cut(int shortest)
        {
            var ends = new int[term.Chunks.Count];
            using var handle = version.Open();
            var buffer = new byte[CutBuffer];
            var (start, filled) = (0, 0);
            long read = 0;
            for (var i = 0; i < ends.Length; i++)
            {
                if (filled - start < ContentChunker.Longest && read < term.Length)
                {
                    buffer.AsSpan(start..filled).CopyTo(buffer);
                    (start, filled) = (0, filled - start);
                    var wanted = (int)Math.Min(CutBuffer - filled, term.Length - read);
                    var count = RandomAccess.Read(handle, buffer.AsSpan(filled, wanted), term.Offset + read);
                    (filled, read) = (filled + count, read + count);
                }

                if (start == filled)
                    return null;
                start += ContentChunker.NextLength(buffer.AsSpan(start..filled), shortest);
                ends[i] = (int)(read - (filled - start));
            }

            return ends[^1] == term.Length ? ends : null;
        }
    }
}
