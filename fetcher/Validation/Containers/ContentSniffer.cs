namespace NixAiModels.Validation.Containers;

/// <summary>Tells what bytes are by their marks.</summary>
internal static class ContentSniffer
{
    private const int MostSkipped = 10_000;

    private static readonly (ContentKind Kind, byte[] Mark)[] MagicNumbers =
    [
        (ContentKind.Zip, "PK\x03\x04"u8.ToArray()),
        (ContentKind.Zip, "PK\x05\x06"u8.ToArray()),
        (ContentKind.Zip, "PK\x07\x08PK\x03\x04"u8.ToArray()),
        (ContentKind.Gzip, [0x1F, 0x8B, 0x08]),
        (ContentKind.Xz, [0xFD, .. "7zXZ\0"u8]),
        (ContentKind.Lz4, [0x04, 0x22, 0x4D, 0x18]),
        (ContentKind.Zstandard, [0x28, 0xB5, 0x2F, 0xFD]),
        (ContentKind.SevenZip, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C]),
        (ContentKind.Rar, "Rar!\x1A\x07"u8.ToArray()),
        (ContentKind.Npy, [0x93, .. "NUMPY"u8]),
    ];

    /// <summary>The kind of a source.</summary>
    public static ContentKind Sniff(ByteSource source)
    {
        var head = source.Peek(0, TarHeader.Size);
        if (head.Length == 0)
            return ContentKind.Empty;
        foreach (var (kind, mark) in MagicNumbers)
        {
            if (head.AsSpan().StartsWith(mark))
                return kind;
        }

        if (IsSkippable(head))
            return SkippedTo(source);
        if (Decoders.IsZFile(head))
            return ContentKind.ZFile;
        if (TarHeader.IsValid(head))
            return ContentKind.Tar;
        if (
            head
            is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, ..]
                or [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x17, 0x72, ..]
        )
        {
            return ContentKind.Bzip2;
        }

        if (IsZlib(head))
            return ContentKind.Zlib;
        return IsLzmaAlone(head) ? ContentKind.LzmaAlone : ContentKind.Unknown;
    }

    /// <summary>Whether a zlib stream with a 32 KiB window may begin here (RFC 1950 2.2): neither is the byte x a
    /// pickle's opcode.</summary>
    public static bool IsZlib(ReadOnlySpan<byte> head) =>
        head.Length >= 2 && head[0] == 0x78 && (head[1] & 0x20) == 0 && ((head[0] << 8) | head[1]) % 31 == 0;

    // Both formats let frames with anything in them come first (RFC 8878 3.1.2; LZ4 frame format, "Skippable Frames").
    private static bool IsSkippable(ReadOnlySpan<byte> head) =>
        head.Length >= 8 && (head[0] & 0xF0) == 0x50 && head[1..].StartsWith((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18]);

    private static ContentKind SkippedTo(ByteSource source)
    {
        long position = 0;
        byte[] head;
        for (var frames = 0; IsSkippable(head = source.Peek(position, 8)) && frames < MostSkipped; frames++)
            position += 8 + BitConverter.ToUInt32(head, 4);
        return head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4D, 0x18])
            ? ContentKind.Lz4
            : ContentKind.Zstandard;
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
