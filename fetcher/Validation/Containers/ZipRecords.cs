using System.Buffers.Binary;
using System.Text;

namespace NixAiModels.Validation.Containers;

/// <summary>The records of a zip as bytes (PKWARE APPNOTE 4.3): each is read alone, nothing is believed across them
/// here.</summary>
internal static class ZipRecords
{
    public const uint LocalSignature = 0x04034B50;
    public const uint CentralSignature = 0x02014B50;
    public const uint EndSignature = 0x06054B50;
    public const uint End64Signature = 0x06064B50;
    public const uint Locator64Signature = 0x07064B50;
    public const uint DescriptorSignature = 0x08074B50;
    public const int LocalSize = 30;
    public const int CentralSize = 46;
    public const int EndSize = 22;
    public const int End64Size = 56;
    public const int Locator64Size = 20;

    private const int Zip64Field = 1;
    private const int UnicodePathField = 0x7075;

    /// <summary>A file header, local or central.</summary>
    /// <param name="Name">The name, as written.</param>
    /// <param name="Flags">The general purpose flags (APPNOTE 4.4.4).</param>
    /// <param name="Method">The compression method.</param>
    /// <param name="Crc">The stated CRC-32.</param>
    /// <param name="CompressedSize">Bytes in the archive, zip64 considered.</param>
    /// <param name="Size">Bytes once decompressed, zip64 considered.</param>
    /// <param name="LocalOffset">Of a central header, where the local one is.</param>
    /// <param name="RecordSize">Bytes of this record.</param>
    public sealed record Header(
        string Name,
        int Flags,
        int Method,
        uint Crc,
        long CompressedSize,
        long Size,
        long LocalOffset,
        int RecordSize
    )
    {
        /// <summary>Bits that say the data is encrypted, patched, or its header masked.</summary>
        public const int HidingFlags = 0x0001 | 0x0020 | 0x0040 | 0x2000;

        /// <summary>The bit that moves checksum and sizes to after the data.</summary>
        public const int DescriptorFlag = 0x0008;

        /// <summary>Another name, from the Unicode path field of Info-ZIP (APPNOTE 4.6.9), that some readers
        /// prefer.</summary>
        public string? OtherName { get; init; }

        /// <summary>Whether checksum and sizes may follow the data instead.</summary>
        public bool HasDescriptor => (Flags & DescriptorFlag) != 0;
    }

    /// <summary>The end of the central directory.</summary>
    /// <param name="Position">Where the record is.</param>
    /// <param name="Count">How many entries it says there are.</param>
    /// <param name="DirectorySize">Bytes of the directory.</param>
    /// <param name="DirectoryOffset">The stated beginning of the directory.</param>
    /// <param name="DirectoryEnd">Where the directory ends if this record (or its zip64 part) follows it.</param>
    /// <param name="End">Where the record ends, its comment included.</param>
    public sealed record EndRecord(
        long Position,
        long Count,
        long DirectorySize,
        long DirectoryOffset,
        long DirectoryEnd,
        long End
    );

    /// <summary>The local header at a position, or <see langword="null"/>.</summary>
    public static Header? ReadLocal(ByteSource source, long position)
    {
        var bytes = source.Peek(position, LocalSize);
        if (bytes.Length < LocalSize || U32(bytes, 0) != LocalSignature)
            return null;
        int nameLength = U16(bytes, 26),
            extraLength = U16(bytes, 28);
        var rest = source.Peek(position + LocalSize, nameLength + extraLength);
        if (rest.Length < nameLength + extraLength)
            return null;
        var header = new Header(
            Name(rest.AsSpan(0, nameLength)),
            U16(bytes, 6),
            U16(bytes, 8),
            U32(bytes, 14),
            U32(bytes, 18),
            U32(bytes, 22),
            position,
            LocalSize + nameLength + extraLength
        );
        return Widen(header, rest.AsSpan(nameLength));
    }

    /// <summary>The central header at a position, or <see langword="null"/>.</summary>
    public static Header? ReadCentral(ByteSource source, long position)
    {
        var bytes = source.Peek(position, CentralSize);
        if (bytes.Length < CentralSize || U32(bytes, 0) != CentralSignature)
            return null;
        int nameLength = U16(bytes, 28),
            extraLength = U16(bytes, 30),
            commentLength = U16(bytes, 32);
        var rest = source.Peek(position + CentralSize, nameLength + extraLength);
        if (rest.Length < nameLength + extraLength)
            return null;
        var header = new Header(
            Name(rest.AsSpan(0, nameLength)),
            U16(bytes, 8),
            U16(bytes, 10),
            U32(bytes, 16),
            U32(bytes, 20),
            U32(bytes, 24),
            U32(bytes, 42),
            CentralSize + nameLength + extraLength + commentLength
        );
        return Widen(header, rest.AsSpan(nameLength));
    }

    /// <summary>The end record at a position, with what a zip64 record before it says, or
    /// <see langword="null"/>.</summary>
    public static EndRecord? ReadEnd(ByteSource source, long position)
    {
        var bytes = source.Peek(position, EndSize);
        if (bytes.Length < EndSize || U32(bytes, 0) != EndSignature)
            return null;
        var end = position + EndSize + U16(bytes, 20);
        var locator = position >= Locator64Size ? source.Peek(position - Locator64Size, Locator64Size) : [];
        if (locator.Length == Locator64Size && U32(locator, 0) == Locator64Signature)
        {
            // Where the locator points, or right before it if the archive was moved: Python's zipfile corrects that.
            foreach (var at in new[] { (long)U64(locator, 8), position - Locator64Size - End64Size })
            {
                var wide = source.Peek(at, End64Size);
                if (wide.Length == End64Size && U32(wide, 0) == End64Signature)
                {
                    return new EndRecord(
                        position,
                        (long)U64(wide, 32),
                        (long)U64(wide, 40),
                        (long)U64(wide, 48),
                        at,
                        end
                    );
                }
            }
        }

        return new EndRecord(position, U16(bytes, 10), U32(bytes, 12), U32(bytes, 16), position, end);
    }

    private static Header Widen(Header header, ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra),
                length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            extra = extra[4..];
            if (length > extra.Length)
                break;
            if (id == UnicodePathField && length > 5 && Name(extra[5..length]) != header.Name)
                header = header with { OtherName = Name(extra[5..length]) };
            if (id == Zip64Field)
            {
                var field = extra[..length];
                header = header with
                {
                    Size = Next(ref field, header.Size),
                    CompressedSize = Next(ref field, header.CompressedSize),
                    LocalOffset = Next(ref field, header.LocalOffset),
                };
            }

            extra = extra[length..];
        }

        return header;
    }

    // A field is in the zip64 part, in this order, only where the 32-bit one is all ones (APPNOTE 4.5.3).
    private static long Next(ref ReadOnlySpan<byte> field, long value)
    {
        if (value != uint.MaxValue || field.Length < 8)
            return value;
        value = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[8..];
        return value;
    }

    // Whatever encoding the flags state: bytes that are not UTF-8 are read one by one, so that names stay distinct.
    private static string Name(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
