using System.Buffers.Binary;
using NixAiModels.Transfer;

namespace NixAiModels.Xet;

/// <summary>How a chunk is stored in a xorb.</summary>
internal enum ChunkEncoding
{
    /// <summary>As it is.</summary>
    Plain = 0,

    /// <summary>An LZ4 frame.</summary>
    Lz4 = 1,

    /// <summary>An LZ4 frame of the bytes in four groups; see <see cref="ByteGroups"/>.</summary>
    GroupedLz4 = 2,
}

/// <summary>A chunk of a xorb: eight bytes of header, then the encoded bytes (xet-core,
/// <c>xorb_chunk_format.rs</c>).</summary>
/// <param name="Encoding">How the bytes are encoded.</param>
/// <param name="StoredLength">The length of the encoded bytes.</param>
/// <param name="Length">The length of the bytes.</param>
internal readonly record struct XorbChunk(ChunkEncoding Encoding, int StoredLength, int Length)
{
    /// <summary>The length of the header.</summary>
    public const int HeaderLength = 8;

    /// <summary>The longest encoded chunk: an encoding that does not shorten it is not used, so this is
    /// generous.</summary>
    public const int LongestStored = (2 * ContentChunker.Longest) - HeaderLength;

    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="TransferFault">It is invalid.</exception>
    public static XorbChunk ReadHeader(ReadOnlySpan<byte> header)
    {
        var chunk = new XorbChunk((ChunkEncoding)header[4], ReadThreeBytes(header[1..]), ReadThreeBytes(header[5..]));
        if (header[0] != 0)
            throw Invalid($"version {header[0]}");
        if (chunk.Encoding > ChunkEncoding.GroupedLz4)
            throw Invalid($"unknown encoding {header[4]}");
        if (chunk.Length is 0 or > ContentChunker.Longest)
            throw Invalid($"length {chunk.Length}");
        if (
            chunk.StoredLength is 0 or > LongestStored
            || (chunk.Encoding == ChunkEncoding.Plain && chunk.StoredLength != chunk.Length)
        )
        {
            throw Invalid($"stored length {chunk.StoredLength}");
        }

        return chunk;
    }

    /// <summary>Decodes the chunk's bytes.</summary>
    /// <param name="stored">The encoded bytes, <see cref="StoredLength"/> of them.</param>
    /// <param name="bytes">Receives the bytes, <see cref="Length"/> of them.</param>
    /// <param name="scratch">At least as long, for byte groups.</param>
    /// <exception cref="TransferFault">They decode to another length, or not at all.</exception>
    public void Decode(ReadOnlySpan<byte> stored, Span<byte> bytes, Span<byte> scratch)
    {
        switch (Encoding)
        {
            case ChunkEncoding.Plain:
                stored.CopyTo(bytes);
                break;
            case ChunkEncoding.Lz4:
                Decompress(stored, bytes);
                break;
            default:
                Decompress(stored, scratch[..Length]);
                ByteGroups.Join(scratch[..Length], bytes);
                break;
        }
    }

    private static void Decompress(ReadOnlySpan<byte> frame, Span<byte> bytes)
    {
        if (!Lz4Frame.TryDecode(frame, bytes))
            throw Invalid($"its bytes are not an LZ4 frame of {bytes.Length} bytes");
    }

    private static int ReadThreeBytes(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes) | (bytes[2] << 16);

    private static TransferFault Invalid(string what) => new($"invalid chunk of a xorb: {what}", ExitCode.Integrity);
}
