using NixAiModels.Hub;

namespace NixAiModels.Snapshots;

/// <summary>The command that pins a selection, as words: the builder and the module advise it.</summary>
internal static class PrefetchWords
{
    /// <summary>The arguments of <c>nix-prefetch-hf</c>.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A commit, a branch or a tag.</param>
    /// <param name="selection">Which files.</param>
    internal static List<string> Of(RepositoryId repository, string revision, Selection selection)
    {
        var named = selection.Quant is null ? $"{repository}" : $"{repository}:{selection.Quant}";
        List<string> words = [named, "--rev", revision];
        if (repository.Type != RepositoryType.Model)
            words.AddRange(["--type", repository.TypeWord]);
        foreach (
            var (option, patterns) in (ReadOnlySpan<(string, IReadOnlyList<string>)>)
                [("--file", selection.Files), ("--include", selection.Include), ("--exclude", selection.Exclude)]
        )
        {
            foreach (var pattern in patterns)
                words.AddRange([option, pattern]);
        }

        if (selection.Mmproj is not null)
            words.AddRange(["--mmproj", selection.Mmproj]);
        return words;
    }
}
