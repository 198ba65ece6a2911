using System.Buffers.Binary;
using System.Text.Unicode;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Validation;

/// <summary>Tells what a file is by its first bytes, whatever its name.</summary>
internal static class FileTypeProbe
{
    private const int Head = 4096;
    private const int LongestLfsPointer = 1024;

    /// <summary>The type of a file's content.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileType Of(string path)
    {
        using var bytes = new FileBytes(path);
        return Of(bytes.Peek(0, Head), bytes.Length);
    }

    /// <summary>The type of content by its first bytes.</summary>
    /// <param name="head">The first 4096 bytes, or all there are.</param>
    /// <param name="length">Bytes of the whole.</param>
    public static FileType Of(ReadOnlySpan<byte> head, long length) =>
        head.IsEmpty
            ? FileType.Empty
            : Program(head, length)
                ?? Container(head, length)
                ?? (
                    IsLfsPointer(head, length) ? FileType.LfsPointer
                    : IsText(head, length) ? FileType.Text
                    : FileType.Data
                );

    /// <summary>Whether the type is that of something that runs.</summary>
    public static bool IsProgram(FileType type) =>
        type is FileType.Elf or FileType.Pe or FileType.MachO or FileType.Wasm or FileType.Java or FileType.Script;

    private static FileType? Program(ReadOnlySpan<byte> head, long length)
    {
        if (head.StartsWith("\u007fELF"u8))
            return FileType.Elf;
        if (head.StartsWith("MZ"u8) && IsPe(head, length))
            return FileType.Pe;
        if (head.StartsWith("\0asm"u8))
            return FileType.Wasm;
        if (head.StartsWith("dex\n"u8))
            return FileType.Java;
        if (IsScript(head))
            return FileType.Script;
        if (head.Length < 8)
            return null;
        var magic = BinaryPrimitives.ReadUInt32BigEndian(head);
        var next = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        return magic switch
        {
            // mach-o/loader.h, mach-o/fat.h; a Java class has the same magic and its version where the number of
            // architectures would be.
            0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE => FileType.MachO,
            0xCAFEBABE or 0xCAFEBABF when next is > 0 and < 40 => FileType.MachO,
            0xCAFEBABE when next is >= 40 and < 0x100 => FileType.Java,
            _ => null,
        };
    }

    // "MZ" alone begins one raw file in 65,536: ask for the new header, for cosmopolitan's magic, or for the old
    // header's numbers to be absent or plausible.
    private static bool IsPe(ReadOnlySpan<byte> head, long length)
    {
        if (head.StartsWith("MZqFpD"u8) || head.StartsWith((ReadOnlySpan<byte>)[0x4D, 0x5A, 0x90, 0x00]))
            return true;
        if (head.Length < 64)
            return false;
        if (!head[2..58].ContainsAnyExcept((byte)0))
            return true;
        var newHeader = BinaryPrimitives.ReadUInt32LittleEndian(head[60..]);
        if (newHeader <= head.Length - 4 && head[(int)newHeader..].StartsWith("PE\0\0"u8))
            return true;
        var lastPage = BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
        var pages = BinaryPrimitives.ReadUInt16LittleEndian(head[4..]);
        var headerParagraphs = BinaryPrimitives.ReadUInt16LittleEndian(head[8..]);
        return lastPage < 512 && pages > 0 && (pages - 1) * 512L <= length && headerParagraphs is >= 2 and <= 64;
    }

    private static bool IsScript(ReadOnlySpan<byte> head)
    {
        head = SkipByteOrderMark(head);
        return head.StartsWith("#!"u8) && head[2..].TrimStart(" \t"u8).StartsWith("/"u8);
    }

    private static FileType? Container(ReadOnlySpan<byte> head, long length)
    {
        if (head.StartsWith("GGUF"u8))
            return FileType.Gguf;
        if (
            head.Length > 8
            && head[8] == '{'
            && BinaryPrimitives.ReadUInt64LittleEndian(head) is >= 2 and <= SafetensorsHeader.LongestHeader
        )
        {
            return FileType.Safetensors;
        }

        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8))
            return FileType.Zip;
        if (Hdf5.IsSignature(head))
            return FileType.Hdf5;
        if (head.Length > 5 && head[0] == 0x93 && head[1..].StartsWith("NUMPY"u8))
            return FileType.Npy;
        return IsCompressed(head, length) ? FileType.Compressed : null;
    }

    private static bool IsCompressed(ReadOnlySpan<byte> head, long length) =>
        length > 8
        && (
            head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08])
            || (head.StartsWith("BZh"u8) && head[3] is >= (byte)'1' and <= (byte)'9')
            || head.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
            || head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])
            || head.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4D, 0x18])
            || head.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C])
        );

    // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md; a text that merely mentions LFS has no object id.
    private static bool IsLfsPointer(ReadOnlySpan<byte> head, long length) =>
        length <= LongestLfsPointer
        && (
            head.StartsWith("version https://git-lfs.github.com/spec/"u8)
            || head.StartsWith("version https://hawser.github.com/spec/"u8)
        )
        && head.IndexOf("\noid sha256:"u8) > 0;

    private static bool IsText(ReadOnlySpan<byte> head, long length)
    {
        head = SkipByteOrderMark(head);
        if (head.IndexOfAnyInRange((byte)0, (byte)8) >= 0)
            return false;
        // The head may end in the middle of a character.
        for (var cut = 0; cut <= (length > head.Length ? 3 : 0) && cut <= head.Length; cut++)
        {
            if (Utf8.IsValid(head[..^cut]))
                return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> SkipByteOrderMark(ReadOnlySpan<byte> head) =>
        head.StartsWith("\uFEFF"u8) ? head[3..] : head;
}
