using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace NixAiModels.Validation.Containers;

/// <summary>The header of a .npy file, versions 1 to 3 (numpy/lib/format.py): a Python dictionary as text.</summary>
/// <param name="DataOffset">Where the data begins.</param>
/// <param name="HasObjects">Whether the data is a pickle.</param>
/// <param name="MayHaveObjects">Whether it could be one, if the header is read generously.</param>
internal sealed partial record NpyHeader(long DataOffset, bool HasObjects, bool MayHaveObjects)
{
    private const int LongestHeader = 16 << 20;
    private const int PrefixLength = 8;

    /// <summary>Reads the header, or <see langword="null"/> where numpy would refuse it too.</summary>
    public static NpyHeader? Read(ByteSource source)
    {
        var prefix = source.Peek(0, PrefixLength + 4);
        if (prefix.Length < PrefixLength + 2 || prefix[6] is not (1 or 2 or 3))
            return null;
        var isShort = prefix[6] == 1;
        if (!isShort && prefix.Length < PrefixLength + 4)
            return null;
        var length = isShort
            ? BinaryPrimitives.ReadUInt16LittleEndian(prefix.AsSpan(PrefixLength))
            : BinaryPrimitives.ReadUInt32LittleEndian(prefix.AsSpan(PrefixLength));
        var start = PrefixLength + (isShort ? 2 : 4);
        if (length > LongestHeader || source.Peek(start, (int)length) is not { } header || header.Length < length)
            return null;
        var text = Encoding.UTF8.GetString(header);
        return text.TrimStart().StartsWith('{') && text.Contains("descr", StringComparison.Ordinal)
            ? new NpyHeader(start + length, ObjectCode().IsMatch(text), CouldSpellObjects(text))
            : null;
    }

    // Whatever could spell a type of objects: the letter itself, the word (in parts, as Python joins strings), an
    // escape.
    private static bool CouldSpellObjects(string text) =>
        text.Contains('\\', StringComparison.Ordinal)
        || text.Contains('O', StringComparison.Ordinal)
        || text.Contains('j', StringComparison.Ordinal);

    [GeneratedRegex("""['"][<>|=]?(O[0-9]*|object)['"]""")]
    private static partial Regex ObjectCode();
}
