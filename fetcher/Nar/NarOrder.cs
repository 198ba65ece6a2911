namespace NixAiModels.Nar;

/// <summary>The order in which a NAR lists the files of a tree: depth first, the entries of each directory by the bytes
/// of their names.</summary>
/// <remarks>That is neither the order of the whole paths' bytes (<c>a/x</c> comes before <c>a-b</c> here, because the
/// directory <c>a</c> comes before <c>a-b</c>) nor the order of .NET's strings (UTF-16 puts U+1F600 before U+FF5E,
/// UTF-8 after it).</remarks>
public static class NarOrder
{
    /// <summary>Sorts paths.</summary>
    /// <param name="paths">Relative paths with <c>/</c> between their components.</param>
    public static IReadOnlyList<string> Sort(IEnumerable<string> paths) => Sort(paths, path => path);

    /// <summary>Sorts items by their paths.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="path">An item's relative path with <c>/</c> between its components.</param>
    public static IReadOnlyList<T> Sort<T>(IEnumerable<T> items, Func<T, string> path) =>
        [.. items.OrderBy(path, Comparer<string>.Create(Compare))];

    /// <summary>Compares two paths: less than zero if <paramref name="left"/> comes first.</summary>
    /// <param name="left">A relative path.</param>
    /// <param name="right">Another.</param>
    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        return common == left.Length || common == right.Length
            ? left.Length - right.Length
            : Weight(left[common]) - Weight(right[common]);
    }

    // A separator ends a name, and a name comes before every longer one that begins with it: '/' weighs nothing. UTF-8
    // keeps the order of code points, where the astral planes (surrogates in UTF-16) lie above everything else.
    private static int Weight(char c) =>
        c switch
        {
            '/' => 0,
            >= '\uD800' and <= '\uDFFF' => c + 0x10000,
            _ => c + 1,
        };
}
