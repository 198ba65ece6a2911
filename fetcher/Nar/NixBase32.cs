namespace NixAiModels.Nar;

/// <summary>Nix' own base 32: 32 letters without <c>e o t u</c>, five bits a letter, the last letter first
/// (Nix' <c>src/libutil/hash.cc</c>, <c>printHash32</c>).</summary>
public static class NixBase32
{
    private const string Alphabet = "0123456789abcdfghijklmnpqrsvwxyz";

    /// <summary>How many letters write so many bytes: 52 for a sha256, 32 for the 20 bytes in a store path.</summary>
    /// <param name="byteCount">A number of bytes, at least 1.</param>
    public static int LengthOf(int byteCount) => ((byteCount * 8) - 1) / 5 + 1;

    /// <summary>Writes bytes in base 32.</summary>
    /// <param name="bytes">At least one byte.</param>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> letters = stackalloc char[LengthOf(bytes.Length)];
        for (var n = 0; n < letters.Length; n++)
        {
            var (index, shift) = Math.DivRem(n * 5, 8);
            var next = index + 1 < bytes.Length ? bytes[index + 1] : 0;
            letters[letters.Length - 1 - n] = Alphabet[((bytes[index] | (next << 8)) >> shift) & 31];
        }

        return new string(letters);
    }

    /// <summary>Reads base 32 into exactly <paramref name="bytes"/>.Length bytes.</summary>
    /// <param name="letters">The text.</param>
    /// <param name="bytes">Where the bytes go.</param>
    /// <returns>False if the text has another length, another letter, or bits beyond the last byte.</returns>
    public static bool TryDecode(ReadOnlySpan<char> letters, Span<byte> bytes)
    {
        if (letters.Length != LengthOf(bytes.Length))
            return false;

        bytes.Clear();
        for (var n = 0; n < letters.Length; n++)
        {
            var digit = Alphabet.IndexOf(letters[letters.Length - 1 - n], StringComparison.Ordinal);
            if (digit < 0)
                return false;

            var (index, shift) = Math.DivRem(n * 5, 8);
            var bits = digit << shift;
            bytes[index] |= (byte)bits;
            if (index + 1 < bytes.Length)
                bytes[index + 1] |= (byte)(bits >> 8);
            else if (bits >> 8 != 0)
                return false;
        }

        return true;
    }
}
