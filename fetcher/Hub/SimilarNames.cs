namespace NixAiModels.Hub;

/// <summary>Suggestions for a misspelled name.</summary>
internal static class SimilarNames
{
    /// <summary>At most three names that differ little from a word, nearest first.</summary>
    public static IReadOnlyList<string> Find(string word, IEnumerable<string> names) =>
        [
            .. names
                .Select(name => (Name: name, Distance: Distance(word.ToUpperInvariant(), name.ToUpperInvariant())))
                .Where(match => match.Distance <= Math.Max(word.Length < 4 ? 1 : 2, word.Length / 3))
                .OrderBy(match => match.Distance)
                .Take(3)
                .Select(match => match.Name),
        ];

    /// <summary>The Levenshtein distance: how many characters must be added, removed or changed.</summary>
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
