namespace NixAiModels.Cache;

/// <summary>Which links and refs are ours, by the state.</summary>
internal sealed class OwnLinks
{
    private readonly Lazy<ILookup<string, string>> _links;
    private readonly HashSet<(string File, string Commit)> _refs;

    /// <summary>Those of placements, past ones among them.</summary>
    internal OwnLinks(IReadOnlyCollection<Placement> placements)
    {
        // Only what is out of order asks.
        _links = new(() =>
            placements
                .SelectMany(placement => placement.Links())
                .ToLookup(link => link.Key, link => link.Value, StringComparer.Ordinal)
        );
        _refs =
        [
            .. placements.SelectMany(placement =>
                placement.Refs.Select(name => (placement.RefFile(name), placement.Commit))
            ),
        ];
    }

    /// <summary>Whether a link at this path is ours.</summary>
    internal bool Has(string path) => _links.Value.Contains(path);

    /// <summary>Whether it is ours and holds what we put there.</summary>
    internal bool Has(string path, string target) => _links.Value[path].Contains(target);

    /// <summary>Whether we put a commit into a ref.</summary>
    internal bool HasRef(string file, string commit) => _refs.Contains((file, commit));

    /// <summary>Whether a folder is one of ours, with a link for each file.</summary>
    internal bool HasBelow(string folder) =>
        _links.Value.Any(link => link.Key.StartsWith(folder + "/", StringComparison.Ordinal));
}
