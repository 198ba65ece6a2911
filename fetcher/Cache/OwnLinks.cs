namespace NixAiModels.Cache;

/// <summary>Which links and refs are ours, by the state.</summary>
internal sealed class OwnLinks
{
    private readonly Lazy<ILookup<string, string>> links;
    private readonly HashSet<(string File, string Commit)> refs;

    /// <summary>Those of placements, past ones among them.</summary>
    internal OwnLinks(IReadOnlyCollection<Placement> placements)
    {
        // Only what is out of order asks.
        links = new(() => placements.SelectMany(placement => placement.Links()).ToLookup(link => link.Key, link => link.Value, StringComparer.Ordinal));
        refs = [.. placements.SelectMany(placement => placement.Refs.Select(name => (placement.RefFile(name), placement.Commit)))];
    }

    /// <summary>Whether a link at this path is ours.</summary>
    internal bool Has(string path) => links.Value.Contains(path);

    /// <summary>Whether it is ours and holds what we put there.</summary>
    internal bool Has(string path, string target) => links.Value[path].Contains(target);

    /// <summary>Whether we put a commit into a ref.</summary>
    internal bool HasRef(string file, string commit) => refs.Contains((file, commit));

    /// <summary>Whether a folder is one of ours, with a link for each file.</summary>
    internal bool HasBelow(string folder) => links.Value.Any(link => link.Key.StartsWith(folder + "/", StringComparison.Ordinal));
}
