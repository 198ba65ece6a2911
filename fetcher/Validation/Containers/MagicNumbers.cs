using System.Buffers.Binary;

namespace NixAiModels.Validation.Containers;

/// <summary>The byte sequences at the beginning of files by which their formats are known.</summary>
internal static class MagicNumbers
{
    /// <summary>The most that the header of a safetensors file may take (safetensors/src/tensor.rs).</summary>
    public const int LongestSafetensorsHeader = 100_000_000;

    private static readonly (ContentKind Kind, byte[] Bytes)[] Containers =
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

    /// <summary>ELF programs.</summary>
    public static ReadOnlySpan<byte> Elf => "\u007fELF"u8;

    /// <summary>WebAssembly modules.</summary>
    public static ReadOnlySpan<byte> Wasm => "\0asm"u8;

    /// <summary>Programs of Android.</summary>
    public static ReadOnlySpan<byte> Dex => "dex\n"u8;

    /// <summary>GGUF.</summary>
    public static ReadOnlySpan<byte> Gguf => "GGUF"u8;

    /// <summary>HDF5, at 0 or after a user block (HDF5 File Format Specification 3.0, II.A).</summary>
    public static ReadOnlySpan<byte> Hdf5 => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The container that begins here, or <see cref="ContentKind.Unknown"/>.</summary>
    public static ContentKind ContainerOf(ReadOnlySpan<byte> head)
    {
        foreach (var (kind, bytes) in Containers)
        {
            if (head.StartsWith(bytes))
                return kind;
        }

        return ContentKind.Unknown;
    }

    /// <summary>The picture, sound or film that begins here, in words, or <see langword="null"/>.</summary>
    public static string? MediaOf(ReadOnlySpan<byte> head) =>
        head switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "a PNG",
            [0xFF, 0xD8, 0xFF, 0xDB or 0xE0 or 0xE1 or 0xE2 or 0xEE, ..] => "a JPEG",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "a GIF",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, .. var form] when form.StartsWith("WEBP"u8) =>
                "a WebP",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, .. var form] when form.StartsWith("WAVE"u8) =>
                "a WAV",
            [(byte)'O', (byte)'g', (byte)'g', (byte)'S', 0, ..] => "an Ogg",
            [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] => "a FLAC",
            [(byte)'I', (byte)'D', (byte)'3', 2 or 3 or 4, ..] => "an MP3",
            [0, 0, 0, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "an MP4",
            _ => null,
        };

    /// <summary>The document that begins here, in words, or <see langword="null"/>.</summary>
    public static string? DocumentOf(ReadOnlySpan<byte> head) =>
        head.StartsWith("%PDF-"u8) ? "a PDF"
        : head.StartsWith("<!DOCTYPE html"u8) || head.StartsWith("<!doctype html"u8) || head.StartsWith("<html"u8)
            ? "a web page"
        : null;

    /// <summary>Whether bzip2 begins here: its level, then a block or the end of the stream.</summary>
    public static bool IsBzip2(ReadOnlySpan<byte> head) =>
        head
            is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, ..]
                or [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x17, 0x72, ..];

    /// <summary>Whether a safetensors file begins here: the length of its header, then a JSON object. Raw numbers that
    /// begin alike have control characters.</summary>
    public static bool IsSafetensors(ReadOnlySpan<byte> head)
    {
        if (head.Length < 10 || head[8] != '{')
            return false;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(head);
        if (length is < 2 or > LongestSafetensorsHeader)
            return false;
        var json = head[8..];
        json = json[..(int)Math.Min((ulong)json.Length, length)];
        var first = json[1..].TrimStart(" \t\r\n"u8);
        if ((ulong)json.Length == length && !json.TrimEnd(" \t\r\n"u8).EndsWith("}"u8))
            return false;
        return (first.IsEmpty || first[0] is (byte)'"' or (byte)'}')
            && json.IndexOfAnyInRange((byte)0, (byte)8) < 0
            && json.IndexOfAnyInRange((byte)0x0E, (byte)0x1F) < 0;
    }

    /// <summary>Whether the text that Git LFS keeps in place of a file begins here
    /// (github.com/git-lfs/git-lfs, docs/spec.md).</summary>
    public static bool IsGitLfs(ReadOnlySpan<byte> head) =>
        head.StartsWith("version https://git-lfs.github.com/spec/"u8)
        || head.StartsWith("version https://hawser.github.com/spec/"u8);
}
