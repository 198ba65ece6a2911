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
    private const uint LargestLzmaDictionary = 128 << 20;

    /// <summary>What a byte of the slow methods counts against a scan's budget.</summary>
    public const int SlowCost = 4;

    /// <summary>How much slower than inflating a kind's decoder is.</summary>
    public static int Cost(ContentKind kind) =>
        kind is ContentKind.Bzip2 or ContentKind.Xz or ContentKind.LzmaAlone ? SlowCost : 1;

    /// <summary>A decoder over the source, or <see langword="null"/> if the kind is not a compressed stream.</summary>
    /// <exception cref="UnscannableException">There is no decoder, or it would need too much memory.</exception>
    public static Stream? Open(ContentKind kind, ByteSource source)
    {
        try
        {
            return kind switch
            {
                ContentKind.Gzip => new GZipStream(new SourceStream(source), CompressionMode.Decompress),
                ContentKind.Zlib => new ZLibStream(new SourceStream(source), CompressionMode.Decompress),
                ContentKind.ZFile => new ZLibStream(
                    new SourceStream(source.Slice(ZFileData(source.Peek(0, ZFileHeader + 1)), source.Length)),
                    CompressionMode.Decompress
                ),
                ContentKind.Bzip2 => BZip2Stream.Create(
                    new SourceStream(source),
                    FoldMode.Decompress,
                    decompressConcatenated: true
                ),
                ContentKind.Xz => new XZStream(new SourceStream(source)),
                ContentKind.LzmaAlone => OpenLzma(source),
                ContentKind.Lz4 => LZ4Stream.Decode(new SourceStream(source)),
                ContentKind.Zstandard => new SharpCompress.Compressors.ZStandard.DecompressionStream(
                    new SourceStream(source)
                ),
                _ => null,
            };
        }
        catch (Exception error) when (error is not (UnscannableException or OutOfMemoryException))
        {
            throw new UnscannableException($"invalid start of the {kind} stream");
        }
    }

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

    private static LzmaStream OpenLzma(ByteSource source)
    {
        var header = source.Peek(0, LzmaHeader);
        if (BitConverter.ToUInt32(header, 1) > LargestLzmaDictionary)
            throw new UnscannableException("LZMA dictionary of more than 128 MiB");
        var size = BitConverter.ToInt64(header, 5);
        return LzmaStream.Create(
            header[..5],
            new SourceStream(source.Slice(LzmaHeader, source.Length - LzmaHeader)),
            source.Length - LzmaHeader,
            size
        );
    }
}
