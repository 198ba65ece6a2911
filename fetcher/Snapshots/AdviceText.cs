using NixAiModels.Hub;
using NixAiModels.Paths;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>The parts of which advice about a selection is made.</summary>
internal static class AdviceText
{
    private const int Named = 3;

    /// <summary>Files by the first one's name, with the size of all: <c>a.bin (and 2 more, 15 GB)</c>.</summary>
    internal static string Sum(IReadOnlyCollection<HubFile> files)
    {
        var more = files.Count > 1 ? $"and {files.Count - 1} more, " : "";
        return $"{Printable.Escape(files.First().Path)} ({more}{Amounts.Size(files.Sum(file => file.Size))})";
    }

    /// <summary>The first names of several, and how many others there are.</summary>
    internal static string Names(IEnumerable<string> paths, long count)
    {
        var named = string.Join(", ", paths.Take(Named).Select(path => Printable.Escape(path)));
        return count > Named ? $"{named} and {count - Named} more" : named;
    }

    /// <summary>Patterns as options of the command and as an attribute of Nix.</summary>
    /// <param name="word"><c>include</c> or <c>exclude</c>.</param>
    /// <param name="patterns">The patterns.</param>
    internal static string Options(string word, IReadOnlyCollection<string> patterns) =>
        ShellText.Command(patterns.SelectMany(pattern => (string[])[$"--{word}", pattern]))
        + $" (Nix: {word} = {NixText.ListLiteral(patterns)};)";

    /// <summary>The patterns that match these weights and their indexes: one for all shards of a set.</summary>
    /// <param name="weights">The files of weights.</param>
    /// <param name="taken">The paths of the whole selection.</param>
    internal static IReadOnlyCollection<string> Patterns(IEnumerable<HubFile> weights, IReadOnlySet<string> taken)
    {
        var patterns = new List<string>();
        foreach (var set in weights.GroupBy(file => WeightFile.Of(file.Path) with { Number = null, Total = null }))
        {
            if (set.Key.IsConsolidated)
            {
                patterns.Add(Fnmatch.Literally(set.Key.Folder) + "consolidated*");
                continue;
            }

            patterns.Add(
                set.Count() == 1
                    ? Fnmatch.Literally(set.First().Path)
                    : $"{Fnmatch.Literally(set.Key.Base)}-*-of-*{set.Key.Extension}"
            );
            var index = $"{set.Key.Base}{set.Key.Extension}.index.json";
            if (taken.Contains(index))
                patterns.Add(Fnmatch.Literally(index));
        }

        return [.. patterns.Distinct(StringComparer.Ordinal)];
    }
}
