namespace NixAiModels.Xet;

/// <summary>Bytes in four groups: every fourth byte from the first on, from the second on, and so on. Numbers of four
/// or two bytes compress better so.</summary>
internal static class ByteGroups
{
    /// <summary>Puts grouped bytes back in their order.</summary>
    /// <param name="groups">The four groups, one after the other.</param>
    /// <param name="bytes">Receives as many bytes.</param>
    public static void Join(ReadOnlySpan<byte> groups, Span<byte> bytes)
    {
        var whole = bytes.Length / 4;
        var rest = bytes.Length % 4;
        var first = groups[..(whole + (rest > 0 ? 1 : 0))];
        var second = groups.Slice(first.Length, whole + (rest > 1 ? 1 : 0));
        var third = groups.Slice(first.Length + second.Length, whole + (rest > 2 ? 1 : 0));
        var fourth = groups[^whole..];
        for (int i = 0, place = 0; i < whole; i++, place += 4)
        {
            var word = bytes.Slice(place, 4);
            word[3] = fourth[i];
            word[2] = third[i];
            word[1] = second[i];
            word[0] = first[i];
        }

        var end = bytes[(4 * whole)..];
        if (rest > 0)
            end[0] = first[whole];
        if (rest > 1)
            end[1] = second[whole];
        if (rest > 2)
            end[2] = third[whole];
    }
}
