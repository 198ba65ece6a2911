namespace NixAiModels.Xet;

/// <summary>Cuts bytes into chunks where their content says so: the same bytes are cut at the same places wherever they
/// stand in a file (xet-core, <c>deduplication/chunking.rs</c>).</summary>
internal static class ContentChunker
{
    /// <summary>The longest chunk in bytes.</summary>
    public const int Longest = 128 << 10;

    /// <summary>The shortest chunk in bytes, except the last one of a file.</summary>
    public const int Shortest = 8 << 10;

    // A boundary follows a byte at which the upper 16 bits of the hash are zero: every 64 KiB on average.
    private const int BoundaryShift = 48;

    // Bytes further back than this have been shifted out of the hash.
    private const int Window = 64;

    /// <summary>The length of the chunk that begins with the first byte.</summary>
    /// <param name="bytes">The bytes from a boundary on: at least <see cref="Longest"/>, or all that are left.</param>
    /// <param name="shortest">The shortest chunk: older clients accepted a boundary up to 64 bytes
    /// earlier.</param>
    public static int NextLength(ReadOnlySpan<byte> bytes, int shortest = Shortest)
    {
        if (bytes.Length <= shortest)
            return bytes.Length;
        if (bytes.Length > Longest)
            bytes = bytes[..Longest];
        var words = GearTable.Words;
        var hash = 0UL;
        foreach (var each in bytes[(Shortest - Window - 1)..(shortest - 1)])
            hash = (hash << 1) + words[each];
        for (var i = shortest - 1; i < bytes.Length; i++)
        {
            hash = (hash << 1) + words[bytes[i]];
            if (hash >> BoundaryShift == 0)
                return i + 1;
        }

        return bytes.Length;
    }
}
