using System.Buffers.Binary;
using System.Text.Unicode;
using NixAiModels.Validation.Containers;
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
                ?? Container(head)
                ?? (
                    IsLfsPointer(head, length) ? FileType.LfsPointer
                    : IsText(head, length) ? FileType.Text
                    : FileType.Data
                );

    /// <summary>The type as <c>fileTypes</c> spells it.</summary>
    public static string Word(FileType type) => type.ToString().ToLowerInvariant();

    /// <summary>Whether the type is that of something that runs.</summary>
    public static bool IsProgram(FileType type) =>
        type is FileType.Elf or FileType.Pe or FileType.MachO or FileType.Wasm or FileType.Java or FileType.Script;

    private static FileType? Program(ReadOnlySpan<byte> head, long length)
    {
        if (head.StartsWith(MagicNumbers.Elf))
            return FileType.Elf;
        if (head.StartsWith("MZ"u8) && IsPe(head, length))
            return FileType.Pe;
        if (head.StartsWith(MagicNumbers.Wasm))
            return FileType.Wasm;
        if (head.StartsWith(MagicNumbers.Dex))
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

    private static FileType? Container(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(MagicNumbers.Gguf))
            return FileType.Gguf;
        if (MagicNumbers.IsSafetensors(head))
            return FileType.Safetensors;
        if (Hdf5.IsSignature(head))
            return FileType.Hdf5;
        return MagicNumbers.ContainerOf(head) switch
        {
            ContentKind.Zip => FileType.Zip,
            ContentKind.Npy => FileType.Npy,
            ContentKind.Unknown => MagicNumbers.IsBzip2(head) ? FileType.Compressed : null,
            _ => FileType.Compressed,
        };
    }

    // A text that merely mentions LFS has no object id.
    private static bool IsLfsPointer(ReadOnlySpan<byte> head, long length) =>
        length <= LongestLfsPointer && MagicNumbers.IsGitLfs(head) && head.IndexOf("\noid sha256:"u8) > 0;

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
