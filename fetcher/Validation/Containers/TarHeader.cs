using System.Text;

namespace NixAiModels.Validation.Containers;

/// <summary>One header of a tar (POSIX.1-1988 ustar, with GNU's numbers in base 256).</summary>
/// <param name="Name">The member's name, prefix included.</param>
/// <param name="Link">Where a link leads, else empty.</param>
/// <param name="Type">The type flag; '0' and NUL are regular files.</param>
/// <param name="Length">Bytes of the member's data, or a negative number if the field is invalid.</param>
internal sealed record TarHeader(string Name, string Link, char Type, long Length)
{
    /// <summary>Bytes of a header, and the unit in which tar counts.</summary>
    public const int Size = 512;

    /// <summary>Whether the bytes are a header: its checksum is right, summed as unsigned or as signed bytes (Python's
    /// tarfile takes both).</summary>
    public static bool IsValid(ReadOnlySpan<byte> block)
    {
        if (block.Length < Size)
            return false;
        int unsigned = 8 * ' ',
            signed = 8 * ' ';
        for (var index = 0; index < Size; index++)
        {
            if (index is >= 148 and < 156)
                continue;
            unsigned += block[index];
            signed += (sbyte)block[index];
        }

        var stated = Number(block[148..156]);
        return stated == unsigned || stated == signed;
    }

    /// <summary>Reads a valid header.</summary>
    public static TarHeader Parse(ReadOnlySpan<byte> block)
    {
        var name = Text(block[..100]);
        if (
            block[257..262].SequenceEqual("ustar"u8)
            && Text(block[345..500]) is { Length: > 0 } prefix
            && (char)block[156] is not ('L' or 'K')
        )
        {
            name = prefix + "/" + name;
        }

        return new TarHeader(name, Text(block[157..257]), (char)block[156], Number(block[124..136]));
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    private static long Number(ReadOnlySpan<byte> field)
    {
        long value = 0;
        if (field[0] is 0x80 or 0xFF)
        {
            foreach (var digit in field[1..])
                value = value > long.MaxValue >> 9 ? long.MinValue : (value << 8) | digit;
            return field[0] == 0xFF ? -1 : value;
        }

        // Python's tarfile cuts at a NUL and asks int(text, 8): spaces, a sign, 0o and underscores pass.
        var end = field.IndexOf((byte)0);
        var digits = Encoding.ASCII.GetString(end < 0 ? field : field[..end]).Trim().TrimStart('+');
        if (digits.StartsWith("0o", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];
        foreach (var digit in digits)
        {
            if (digit == '_')
                continue;
            if (digit is < '0' or > '7')
                return -1;
            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }
}
