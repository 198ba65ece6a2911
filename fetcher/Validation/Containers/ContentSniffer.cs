namespace NixAiModels.Validation.Containers;

/// <summary>Tells what bytes are by their magic numbers and headers.</summary>
internal static class ContentSniffer
{
    private const int MaxSkipped = 10_000;

    /// <summary>The kind of a source.</summary>
    public static ContentKind Sniff(ByteSource source)
    {
        var head = source.Peek(0, TarHeader.Size);
        if (head.Length == 0)
            return ContentKind.Empty;
        if (MagicNumbers.ContainerOf(head) is var container and not ContentKind.Unknown)
            return container;

        if (IsSkippable(head))
            return SkippedTo(source);
        if (Decoders.IsZFile(head))
            return ContentKind.ZFile;
        if (TarHeader.IsValid(head))
            return ContentKind.Tar;
        if (MagicNumbers.IsBzip2(head))
            return ContentKind.Bzip2;

        if (IsZlib(head))
            return ContentKind.Zlib;
        return IsLzmaAlone(head) ? ContentKind.LzmaAlone : ContentKind.Unknown;
    }

    /// <summary>Whether a zlib stream with a 32 KiB window may begin here (RFC 1950 2.2): neither is the byte x a
    /// pickle's opcode.</summary>
    public static bool IsZlib(ReadOnlySpan<byte> head) =>
        head.Length >= 2 && head[0] == 0x78 && (head[1] & 0x20) == 0 && ((head[0] << 8) | head[1]) % 31 == 0;

    /// <summary>Whether a frame with anything in it begins here, which both Zstandard and LZ4 skip (RFC 8878 3.1.2; LZ4
    /// frame format, "Skippable Frames").</summary>
    public static bool IsSkippable(ReadOnlySpan<byte> head) =>
        head.Length >= 8 && (head[0] & 0xF0) == 0x50 && head[1..].StartsWith((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18]);

    private static ContentKind SkippedTo(ByteSource source)
    {
        long position = 0;
        byte[] head;
        for (var frames = 0; IsSkippable(head = source.Peek(position, 8)) && frames < MaxSkipped; frames++)
            position += 8 + BitConverter.ToUInt32(head, 4);
        return MagicNumbers.ContainerOf(head) == ContentKind.Lz4 ? ContentKind.Lz4 : ContentKind.Zstandard;
    }

    // 5D 00 is what joblib goes by too; a pickle cannot begin so, for no opcode is zero.
    private static bool IsLzmaAlone(ReadOnlySpan<byte> head)
    {
        if (head.Length < 14 || head[0] != 0x5D || head[1] != 0)
            return false;
        var size = BitConverter.ToInt64(head[5..]);
        return head[13] == 0 && size is -1 or (>= 0 and < 1L << 40);
    }
}
