using System.IO.Compression;

namespace NixAiModels.Validation.Containers;

/// <summary>Decoders for the compression methods of a zip (APPNOTE 4.4.5).</summary>
internal static class ZipMethods
{
    private const int Bzip2 = 12;
    private const int Lzma = 14;
    private const int Zstandard = 93;
    private const int Xz = 95;

    /// <summary>How much slower than inflating the method is.</summary>
    public static int Cost(ZipEntry entry) => entry.Method == ZipEntry.Deflated ? 1 : Decoders.SlowCost;

    /// <summary>A decoder over an entry's data.</summary>
    /// <exception cref="UnscannableException">The method has none here.</exception>
    public static Stream Open(ZipEntry entry, ByteSource data) =>
        entry.Method switch
        {
            ZipEntry.Deflated => new DeflateStream(new SourceStream(data), CompressionMode.Decompress),
            Bzip2 => Decoders.Open(ContentKind.Bzip2, data)!,
            Lzma => Decoders.OpenZipLzma(data, entry.Size),
            Zstandard => Decoders.Open(ContentKind.Zstandard, data)!,
            Xz => Decoders.Open(ContentKind.Xz, data)!,
            _ => throw new UnscannableException($"unsupported compression method {entry.Method}"),
        };
}
