using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.LZMA;
using SharpCompress.Compressors.Xz;
using FoldMode = SharpCompress.Compressors.CompressionMode;

namespace NixAiModels.Validation.Containers;

/// <summary>Opens compressed streams by the kind that their first bytes say.</summary>
internal static class Decoders
{
    private const int LzmaHeader = 13; // properties (5), size (8): the "LZMA alone" format of the LZMA SDK
    private const int ZFileHeader = 21;
    private const uint SmallestLzmaDictionary = 4096;
    private const uint LargestLzmaDictionary = 128 << 20;

    /// <summary>What a byte of the slow methods counts against a scan's budget.</summary>
    public const int SlowCost = 4;

    /// <summary>How much slower than inflating a kind's decoder is.</summary>
    public static int Cost(ContentKind kind) =>
        kind is ContentKind.Bzip2 or ContentKind.Xz or ContentKind.LzmaAlone ? SlowCost : 1;

    /// <summary>A decoder over all streams of the source, or <see langword="null"/> if the kind is not a compressed
    /// stream.</summary>
    /// <exception cref="UnscannableException">There is no decoder, or it would need too much memory.</exception>
    public static Stream? Open(ContentKind kind, ByteSource source)
    {
        try
        {
            return kind switch
            {
                ContentKind.ZFile => new ConcatenatedStream(
                    ContentKind.Zlib,
                    source.From(ZFileData(source.Peek(0, ZFileHeader + 1)))
                ),
                ContentKind.Gzip
                or ContentKind.Zlib
                or ContentKind.Bzip2
                or ContentKind.Xz
                or ContentKind.LzmaAlone
                or ContentKind.Lz4
                or ContentKind.Zstandard => new ConcatenatedStream(kind, source),
                _ => null,
            };
        }
        catch (Exception error) when (error is not (UnscannableException or OutOfMemoryException))
        {
            throw new UnscannableException($"invalid start of the {kind} stream");
        }
    }

    /// <summary>A decoder over the stream that begins at the input's position; at its end the input stands after it.
    /// Only Zstandard's goes on with the frames that follow.</summary>
    public static Stream OpenOne(ContentKind kind, SourceStream input) =>
        kind switch
        {
            ContentKind.Gzip => new GZipStream(input, CompressionMode.Decompress),
            ContentKind.Zlib => new ZLibStream(input, CompressionMode.Decompress),
            ContentKind.Bzip2 => BZip2Stream.Create(input, FoldMode.Decompress, decompressConcatenated: false),
            ContentKind.Xz => new XZStream(input),
            ContentKind.LzmaAlone => OpenLzma(input),
            ContentKind.Lz4 => OpenLz4(input),
            _ => new SharpCompress.Compressors.ZStandard.DecompressionStream(input),
        };

    /// <summary>Whether joblib's "ZF" format begins here: the prefix, the length in hexadecimal in 19 characters,
    /// perhaps one space more, a zlib stream (joblib/numpy_pickle_compat.py, read_zfile).</summary>
    public static bool IsZFile(ReadOnlySpan<byte> head) =>
        head.StartsWith("ZF"u8)
        && head.Length > ZFileHeader + 3
        && (head.StartsWith("ZF0x"u8) || ContentSniffer.IsZlib(head[ZFileData(head)..]));

    private static int ZFileData(ReadOnlySpan<byte> head) => head[ZFileHeader] == ' ' ? ZFileHeader + 1 : ZFileHeader;

    /// <summary>LZMA inside a zip: version (2), length of the properties (2), the properties (APPNOTE 5.8.8).</summary>
    public static Stream OpenZipLzma(ByteSource source, long size)
    {
        var header = source.Peek(0, 9);
        if (
            header.Length < 9
            || header[2] != 5
            || header[3] != 0
            || BitConverter.ToUInt32(header, 5) > LargestLzmaDictionary
        )
        {
            throw new UnscannableException("invalid LZMA header for a zip");
        }

        return LzmaStream.Create(
            header[4..],
            new SourceStream(source.Slice(9, source.Length - 9)),
            source.Length - 9,
            size
        );
    }

    // Frames that may hold anything, which readers skip.
    private static Stream OpenLz4(SourceStream input)
    {
        var head = new byte[8];
        while (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) is var read and > 0)
        {
            if (read < head.Length || !ContentSniffer.IsSkippable(head))
            {
                input.Position -= read;
                return LZ4Stream.Decode(input, leaveOpen: true);
            }

            input.Position += BitConverter.ToUInt32(head, 4);
        }

        return Stream.Null;
    }

    // Distances reach back no further than the content goes: a window longer than that is never used.
    private static LzmaStream OpenLzma(SourceStream input)
    {
        var header = new byte[LzmaHeader];
        input.ReadExactly(header);
        var size = BitConverter.ToInt64(header, 5);
        var window = Math.Max(BitConverter.ToUInt32(header, 1), SmallestLzmaDictionary);
        if (size >= 0)
            window = (uint)Math.Min(window, Math.Max(size, SmallestLzmaDictionary));
        if (window > LargestLzmaDictionary)
            throw new UnscannableException("LZMA dictionary of more than 128 MiB");
        BitConverter.TryWriteBytes(header.AsSpan(1), window);
        return LzmaStream.Create(header[..5], input, -1, size);
    }
}
