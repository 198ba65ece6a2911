using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace NixAiModels.Xet;

/// <summary>Decodes an LZ4 frame of known length without allocating (lz4's <c>lz4_Frame_format.md</c>). Its checksums
/// are not compared: the file that the bytes belong to is verified by its sha256.</summary>
internal static class Lz4Frame
{
    private const uint Magic = 0x184D2204;
    private const int FarthestBack = 64 << 10;
    private const uint IsStored = 0x8000_0000;

    /// <summary>Decodes a frame.</summary>
    /// <param name="frame">Exactly one frame.</param>
    /// <param name="bytes">Receives its content.</param>
    /// <returns>Whether it is a frame whose content has exactly the length of <paramref name="bytes"/>.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> frame, Span<byte> bytes)
    {
        if (frame.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic)
            return false;
        var flags = frame[4];
        var (isVersion1, hasBlockChecksums, hasSize, hasChecksum, hasDictionary) = (
            flags >> 6 == 1,
            (flags & 0x10) != 0,
            (flags & 0x08) != 0,
            (flags & 0x04) != 0,
            (flags & 0x01) != 0
        );
        var header = 7 + (hasSize ? 8 : 0);
        if (!isVersion1 || hasDictionary || frame.Length < header)
            return false;
        frame = frame[header..];
        var filled = 0;
        while (frame.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(frame) is var word and not 0)
        {
            var length = (int)(word & ~IsStored);
            var trailer = hasBlockChecksums ? 4 : 0;
            if (length > frame.Length - 4 - trailer)
                return false;
            var count = DecodeBlock(frame.Slice(4, length), (word & IsStored) != 0, bytes, filled);
            if (count < 0)
                return false;
            filled += count;
            frame = frame[(4 + length + trailer)..];
        }

        return filled == bytes.Length && frame.Length == 4 + (hasChecksum ? 4 : 0);
    }

    private static int DecodeBlock(ReadOnlySpan<byte> block, bool isStored, Span<byte> bytes, int filled)
    {
        if (!isStored)
        {
            // A block may refer to what precedes it.
            var before = bytes[Math.Max(0, filled - FarthestBack)..filled];
            return LZ4Codec.Decode(block, bytes[filled..], before);
        }

        if (block.Length > bytes.Length - filled)
            return -1;
        block.CopyTo(bytes[filled..]);
        return block.Length;
    }
}
