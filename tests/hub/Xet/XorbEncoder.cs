using System.Buffers;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;

namespace NixAiModels.TestHub.Xet;

/// <summary>Encodes chunks as xorbs have them: eight bytes of header, then the bytes, as LZ4 or as LZ4 of four groups
/// where that is shorter.</summary>
internal static class XorbEncoder
{
    public static byte[] Encode(ReadOnlySpan<byte> chunk)
    {
        var plain = chunk.ToArray();
        var (scheme, stored) = new (byte Scheme, byte[] Bytes)[]
        {
            (0, plain),
            (1, Compress(plain)),
            (2, Compress(Group(plain))),
        }.MinBy(each => each.Bytes.Length);
        return
        [
            0,
            (byte)stored.Length,
            (byte)(stored.Length >> 8),
            (byte)(stored.Length >> 16),
            scheme,
            (byte)plain.Length,
            (byte)(plain.Length >> 8),
            (byte)(plain.Length >> 16),
            .. stored,
        ];
    }

    private static byte[] Compress(byte[] bytes)
    {
        var frame = new ArrayBufferWriter<byte>();
        LZ4Frame.Encode(bytes.AsSpan(), frame, LZ4Level.L00_FAST);
        return frame.WrittenSpan.ToArray();
    }

    private static byte[] Group(byte[] bytes)
    {
        var groups = new byte[bytes.Length];
        var place = 0;
        for (var group = 0; group < 4; group++)
        {
            for (var i = group; i < bytes.Length; i += 4)
                groups[place++] = bytes[i];
        }

        return groups;
    }
}
