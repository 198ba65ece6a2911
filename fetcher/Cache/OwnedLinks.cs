namespace NixAiModels.Cache;

/// <summary>The links and refs that are ours, by the state.</summary>
internal sealed class OwnedLinks
{
    private readonly Lazy<ILookup<string, string>> _links;
    private readonly HashSet<(string File, string Commit)> _refs;

    /// <summary>The links and refs of placements, past ones included.</summary>
    internal OwnedLinks(IReadOnlyCollection<Placement> placements)
    {
        // Most runs find everything in order and never ask.
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

    /// <summary>Whether a link at this path with this target is ours.</summary>
    internal bool Has(string path, string target) => _links.Value[path].Contains(target);

    /// <summary>Whether a ref that holds this commit is ours.</summary>
    internal bool HasRef(string file, string commit) => _refs.Contains((file, commit));

    /// <summary>Whether an entry is a link of ours, or a folder that has one.</summary>
    internal bool HasIn(CacheTree tree, string path) =>
        tree.At(path) is { Target: { } target }
            ? Has(path, target)
            : tree.Below(path).Any(inner => inner.Entry.Target is { } deeper && Has(inner.Path, deeper));
}
