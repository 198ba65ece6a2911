using System.Globalization;
using System.Text;

namespace NixAiModels.Images;

/// <summary>Writes a tar archive whose bytes depend on nothing but names and contents: owner root, one time, one
/// mode.</summary>
/// <remarks>Format: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header". .NET's own writer has the
/// process id in its extended headers.</remarks>
/// <param name="output">The archive.</param>
internal sealed class TarWriter(Stream output)
{
    private const int Block = 512;
    private const long LargestOctal = 0x1_FFFF_FFFF; // eleven octal digits
    private const char RegularFile = '0',
        SymbolicLink = '2',
        Folder = '5',
        ExtendedHeader = 'x';

    /// <summary>The end of an archive: two blocks of zeros.</summary>
    public const int EndSize = 2 * Block;

    /// <summary>The size of a file in an archive, with its headers.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="size">The size of its content in bytes.</param>
    public static long SizeOfFile(string path, long size) => Headers(path, "", size) + Padded(size);

    /// <summary>The size of a folder or a link.</summary>
    /// <param name="path">Its path; a folder's ends in a slash.</param>
    /// <param name="target">What a link holds.</param>
    public static long SizeOf(string path, string target = "") => Headers(path, target, 0);

    /// <summary>Adds a folder.</summary>
    /// <param name="path">Its path, which ends in a slash.</param>
    public void AddFolder(string path) => WriteHeaders(path, "", 0, Folder, 0b111_101_101);

    /// <summary>Adds a symbolic link.</summary>
    public void AddLink(string path, string target) => WriteHeaders(path, target, 0, SymbolicLink, 0b111_111_111);

    /// <summary>Adds a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="isExecutable">Whether it can be run.</param>
    /// <param name="write">Writes so many bytes.</param>
    public void AddFile(string path, long size, bool isExecutable, Action<Stream> write)
    {
        WriteHeaders(path, "", size, RegularFile, isExecutable ? 0b111_101_101 : 0b110_100_100);
        write(output);
        output.Write(new byte[Padded(size) - size]);
    }

    /// <summary>Ends the archive.</summary>
    public void End() => output.Write(new byte[EndSize]);

    private static long Padded(long size) => (size + Block - 1) / Block * Block;

    private static long Headers(string path, string target, long size) =>
        Records(path, target, size) is { Length: > 0 } records ? 2 * Block + Padded(records.Length) : Block;

    private void WriteHeaders(string path, string target, long size, char kind, int mode)
    {
        if (Records(path, target, size) is { Length: > 0 } records)
        {
            output.Write(Header("pax", "", records.Length, ExtendedHeader, 0b110_100_100));
            output.Write(records);
            output.Write(new byte[Padded(records.Length) - records.Length]);
        }

        output.Write(Header(path, target, size, kind, mode));
    }

    /// <summary>What does not fit into a header of the old form.</summary>
    private static byte[] Records(string path, string target, long size)
    {
        var records = new MemoryStream();
        if (!Fits(path))
            records.Write(Record("path", path));
        if (!Fits(target))
            records.Write(Record("linkpath", target));
        if (size > LargestOctal)
            records.Write(Record("size", size.ToString(CultureInfo.InvariantCulture)));
        return records.ToArray();
    }

    private static bool Fits(string text) => text.Length <= 100 && Ascii.IsValid(text);

    /// <summary>"LENGTH KEYWORD=VALUE\n", where the length counts its own digits.</summary>
    private static byte[] Record(string keyword, string value)
    {
        var rest = Encoding.UTF8.GetBytes($" {keyword}={value}\n");
        var length = rest.Length + 1;
        while ($"{length}".Length + rest.Length != length)
            length++;
        return [.. Encoding.ASCII.GetBytes($"{length}"), .. rest];
    }

    private static byte[] Header(string path, string target, long size, char kind, int mode)
    {
        const int checksum = 148;
        var header = new byte[Block];
        Put(0, 100, path);
        PutOctal(100, 8, mode);
        PutOctal(108, 8, 0); // user
        PutOctal(116, 8, 0); // group
        PutOctal(124, 12, Math.Min(size, LargestOctal));
        PutOctal(136, 12, 1); // the time that Nix gives to files of the store
        header.AsSpan(checksum, 8).Fill((byte)' ');
        header[156] = (byte)kind;
        Put(157, 100, target);
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        PutOctal(checksum, 7, header.Sum(each => each));
        return header;

        void Put(int offset, int length, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(header.AsSpan(offset));
        }

        void PutOctal(int offset, int length, long number) =>
            Put(offset, length, Convert.ToString(number, 8).PadLeft(length - 1, '0') + "\0");
    }
}
