using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>Some chunks of a xorb that stand in a file one after the other.</summary>
/// <param name="Xorb">The xorb's hash.</param>
/// <param name="Chunks">Which of its chunks.</param>
/// <param name="Offset">Where they begin in the file; it may be before the range that was asked for.</param>
/// <param name="Length">The length of their bytes.</param>
internal sealed record Term(string Xorb, ChunkRange Chunks, long Offset, long Length)
{
    /// <summary>Where the term ends in the file.</summary>
    public long End => Offset + Length;
}

/// <summary>Bytes of a xorb that hold some of its chunks, and their signed address.</summary>
/// <param name="Xorb">The xorb's hash.</param>
/// <param name="Chunks">Which chunks.</param>
/// <param name="Url">The signed address.</param>
/// <param name="Bytes">The bytes of the xorb, to be requested exactly so.</param>
internal sealed record XorbRange(string Xorb, ChunkRange Chunks, string Url, ByteRange Bytes);

/// <summary>How a range of a file is put together from chunks of xorbs, as the content-addressed store describes it;
/// checked.</summary>
internal sealed class Reconstruction
{
    // xet-core, xorb_object/constants.rs: MAX_XORB_BYTES, MAX_XORB_CHUNKS.
    private const int MostChunks = 8 << 10;
    private const long LongestXorb = 128 << 20; // twice what xet-core writes
    private const int HashLength = 64;

    private readonly Dictionary<string, List<XorbRange>> _ranges = [];

    private Reconstruction(ByteRange range) => Range = range;

    /// <summary>The range of the file.</summary>
    public ByteRange Range { get; }

    /// <summary>What it consists of, in order; the first may begin before the range, the last may end after
    /// it.</summary>
    public IReadOnlyList<Term> Terms { get; private set; } = [];

    /// <summary>Checks what the store answered.</summary>
    /// <param name="document">The answer.</param>
    /// <param name="range">The range of the file that was asked for.</param>
    /// <exception cref="FormatException">It contradicts itself, or does not describe the range.</exception>
    public static Reconstruction Parse(ReconstructionDocument document, ByteRange range)
    {
        var parsed = new Reconstruction(range);
        foreach (var (xorb, entries) in document.Xorbs ?? [])
        {
            foreach (var entry in entries)
                Array.ForEach(entry.Ranges, each => parsed.Add(xorb, entry.Url, each.Chunks, each.Bytes));
        }

        foreach (var (xorb, entries) in document.FetchInfo ?? [])
            Array.ForEach(entries, entry => parsed.Add(xorb, entry.Url, entry.Range, entry.UrlRange));
        parsed.AddTerms(document);
        return parsed;
    }

    /// <summary>The bytes that hold a term's chunks.</summary>
    public XorbRange RangeOf(Term term) => _ranges[term.Xorb].First(range => range.Chunks.Contains(term.Chunks));

    private void Add(string xorb, string url, RangeEntry chunks, RangeEntry bytes)
    {
        var range = new XorbRange(
            xorb,
            Chunks(chunks),
            url,
            new ByteRange(bytes.Start, bytes.End < bytes.Start ? 0 : bytes.End - bytes.Start + 1)
        );
        var shortest = (XorbChunk.HeaderLength + 1L) * range.Chunks.Count;
        Require(
            bytes.Start >= 0 && range.Bytes.Length >= shortest && range.Bytes.End <= LongestXorb,
            $"bytes {bytes.Start} to {bytes.End} of a xorb for {range.Chunks.Count} chunks"
        );
        if (!_ranges.TryGetValue(xorb, out var ranges))
            _ranges[xorb] = ranges = [];
        ranges.Add(range);
    }

    private void AddTerms(ReconstructionDocument document)
    {
        var terms = new List<Term>(document.Terms.Length);
        var offset = Range.Offset - document.OffsetIntoFirstRange;
        foreach (var entry in document.Terms)
        {
            var term = new Term(entry.Hash, Chunks(entry.Range), offset, entry.UnpackedLength);
            Require(
                term.Xorb.Length == HashLength && LowerHex.Has(term.Xorb, HashLength),
                $"a xorb named {Printable.Escape(term.Xorb, HashLength)}"
            );
            Require(
                term.Length >= term.Chunks.Count && term.Length <= (long)term.Chunks.Count * ContentChunker.Longest,
                $"{term.Length} bytes in {term.Chunks.Count} chunks"
            );
            Require(
                _ranges.TryGetValue(term.Xorb, out var ranges)
                    && ranges.Exists(range => range.Chunks.Contains(term.Chunks)),
                $"chunks {term.Chunks.Start} to {term.Chunks.End} of a xorb without an address for them"
            );
            terms.Add(term);
            offset = term.End;
        }

        Require(
            document.OffsetIntoFirstRange >= 0
                && terms.Count > 0
                && document.OffsetIntoFirstRange < terms[0].Length
                && terms[^1].Offset < Range.End
                && terms[^1].End >= Range.End,
            $"terms of {offset - Range.Offset} bytes for {Range.Length}"
        );
        Terms = terms;
    }

    private static ChunkRange Chunks(RangeEntry entry)
    {
        Require(
            entry.Start >= 0 && entry.Start < entry.End && entry.End <= MostChunks,
            $"chunks {entry.Start} to {entry.End} of a xorb"
        );
        return new ChunkRange((int)entry.Start, (int)entry.End);
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new FormatException($"reconstruction with {what}");
    }
}
