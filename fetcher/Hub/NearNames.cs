namespace NixAiModels.Hub;

/// <summary>Names that somebody may have meant.</summary>
internal static class NearNames
{
    /// <summary>The names nearest to a word that is none of them, nearest first; at most three.</summary>
    public static IReadOnlyList<string> Of(string word, IEnumerable<string> names) =>
        [
            .. names
                .Select(name => (Name: name, Distance: Distance(word.ToUpperInvariant(), name.ToUpperInvariant())))
                .Where(near => near.Distance <= Math.Max(word.Length < 4 ? 1 : 2, word.Length / 3))
                .OrderBy(near => near.Distance)
                .Take(3)
                .Select(near => near.Name),
        ];

    /// <summary>Levenshtein's distance: how many characters must be added, dropped or changed.</summary>
    private static int Distance(string one, string other)
    {
        var previous = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var current = new int[other.Length + 1];
            current[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                current[j + 1] = Math.Min(
                    Math.Min(current[j], previous[j + 1]) + 1,
                    previous[j] + (one[i] == other[j] ? 0 : 1)
                );
            }

            previous = current;
        }

        return previous[^1];
    }
}
