using System.Globalization;
using System.Text;

namespace NixAiModels.Validation.Pickle;

/// <summary>Python's rules for the text opcodes: what <c>int()</c>, <c>float()</c> and its two escape decoders
/// accept.</summary>
internal static class PythonLiteral
{
    /// <summary>An integer as <c>int(text, 0)</c> or C's strtol take it: sign, spaces, underscores, 0x, 0o, 0b and C's
    /// leading zero.</summary>
    /// <returns>The value, <see langword="null"/> in <paramref name="value"/> if it is too large to keep; false if it
    /// is no integer.</returns>
    public static bool TryInteger(ReadOnlySpan<byte> line, out Int128? value)
    {
        value = null;
        var text = Encoding.Latin1.GetString(line).Trim(' ', '\t', '\r', '\n', '\v', '\f');
        var negative = text.StartsWith('-');
        if (negative || text.StartsWith('+'))
            text = text[1..];
        var radix = 10;
        if (text.Length > 2 && text[0] == '0')
        {
            radix = char.ToLowerInvariant(text[1]) switch
            {
                'x' => 16,
                'o' => 8,
                'b' => 2,
                _ => 10,
            };
            if (radix != 10)
                text = text[2..].TrimStart('_');
        }

        if (text.Length == 0 || text.EndsWith('_') || text.Contains("__", StringComparison.Ordinal))
            return false;
        Int128 sum = 0;
        var kept = true;
        foreach (var character in text)
        {
            if (character == '_')
                continue;
            var digit = char.IsAsciiHexDigit(character) ? Convert.ToInt32(character.ToString(), 16) : 99;
            if (digit >= radix)
                return false;
            kept &= sum < (Int128)1 << 120;
            sum = kept ? (sum * radix) + digit : sum;
        }

        value = kept ? (negative ? -sum : sum) : null;
        return true;
    }

    /// <summary>Whether <c>float(text)</c> would take it.</summary>
    public static bool IsFloat(ReadOnlySpan<byte> line)
    {
        var text = Encoding.Latin1.GetString(line).Trim().Replace("_", string.Empty, StringComparison.Ordinal);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            || text.TrimStart('+', '-').ToLowerInvariant() is "inf" or "infinity" or "nan";
    }

    /// <summary>The text of a STRING: quotes that belong together around it, escapes as in
    /// <c>codecs.escape_decode</c>.</summary>
    /// <returns><see langword="null"/> if Python would refuse it.</returns>
    public static string? UnquoteString(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \t\r\v\f"u8);
        if (line.Length < 2 || line[0] != line[^1] || line[0] is not ((byte)'\'' or (byte)'"'))
            return null;
        line = line[1..^1];
        var text = new StringBuilder(line.Length);
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] != '\\')
            {
                text.Append((char)line[index]);
                continue;
            }

            if (++index == line.Length)
                return null;
            if (line[index] == 'x')
            {
                if (index + 2 >= line.Length || Number(line.Slice(index + 1, 2), 16) is not { } hex)
                    return null;
                text.Append((char)hex);
                index += 2;
            }
            else if (line[index] is >= (byte)'0' and <= (byte)'7')
            {
                var length = 1;
                while (
                    length < 3 && index + length < line.Length && line[index + length] is >= (byte)'0' and <= (byte)'7'
                )
                {
                    length++;
                }

                text.Append((char)(Number(line.Slice(index, length), 8)!.Value & 0xFF));
                index += length - 1;
            }
            else
            {
                text.Append(Escaped((char)line[index]));
            }
        }

        return text.ToString();
    }

    /// <summary>The text of a UNICODE: Python's raw-unicode-escape, where only \u and \U are escapes and the rest is
    /// Latin-1.</summary>
    /// <returns><see langword="null"/> if Python would refuse it.</returns>
    public static string? DecodeUnicode(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder(line.Length);
        for (var index = 0; index < line.Length; index++)
        {
            var value = line[index];
            if (value != '\\' || index + 1 == line.Length)
            {
                text.Append((char)value);
                continue;
            }

            value = line[++index];
            if (value is not ((byte)'u' or (byte)'U'))
            {
                text.Append('\\').Append((char)value);
                continue;
            }

            var length = value == 'u' ? 4 : 8;
            if (
                index + length >= line.Length
                || Number(line.Slice(index + 1, length), 16) is not (>= 0 and <= 0x10FFFF and var code)
            )
            {
                return null;
            }

            if (code is >= 0xD800 and <= 0xDFFF)
                text.Append((char)code);
            else
                text.Append(char.ConvertFromUtf32(code));
            index += length;
        }

        return text.ToString();
    }

    private static string Escaped(char character) =>
        character switch
        {
            '\n' => string.Empty,
            '\\' or '\'' or '"' => character.ToString(),
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'v' => "\v",
            _ => "\\" + character,
        };

    private static int? Number(ReadOnlySpan<byte> digits, int radix)
    {
        long value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return null;
            value = (value * radix) + Convert.ToInt32(((char)digit).ToString(), 16);
        }

        return value <= int.MaxValue ? (int)value : null;
    }
}
