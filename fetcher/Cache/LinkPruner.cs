using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Cache;

/// <summary>Removes models from a cache: refs first, then snapshots, then blobs, so that nothing ever leads to what is
/// gone. A link or ref that somebody has changed since is theirs, and stays.</summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="own">The links and refs that are ours.</param>
/// <param name="previousRefs">The commits that refs held before they were ours; an entry is taken out once its ref is
/// restored.</param>
/// <param name="wanted">The models that stay.</param>
internal sealed class LinkPruner(
    CacheChanges changes,
    OwnedLinks own,
    IDictionary<string, string> previousRefs,
    IReadOnlyCollection<Placement> wanted
)
{
    private readonly CacheTree _tree = changes.Tree;

    /// <summary>Removes the links and refs of a model that no wanted model has.</summary>
    internal void Remove(Placement old)
    {
        if (!_tree.At(old.Repository).IsDirectory)
        {
            RemoveLinks(old, []);
            return;
        }

        var siblings = wanted.Where(placement => placement.Repository == old.Repository).ToArray();
        changes.RemoveStaged(old.Repository);
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, target) in siblings.SelectMany(sibling => sibling.Links()))
            links.TryAdd(path, target);
        foreach (var name in old.Refs)
        {
            if (!siblings.Any(sibling => sibling.Refs.Contains(name)))
                RemoveRef(old, name, siblings);
        }

        var blobs = RemoveLinks(old, links);
        RemoveEmptyFolders(old.Snapshot, including: true);
        RemoveEmptyFolders($"{old.Repository}/trees", including: true);
        if (blobs.Count > 0)
            RemovePointers(old.Repository, blobs);
        if (siblings.Length > 0)
            return;
        RemoveRepository(old.Repository);
        RemoveLocks(old.Locks);
    }

    private void RemoveRef(Placement old, string name, IEnumerable<Placement> siblings)
    {
        var path = old.RefFile(name);
        previousRefs.Remove(path, out var previous);
        if (_tree.RefText(path) is not { } text || !own.HasRef(path, text))
            return;
        var snapshot = $"{old.Repository}/snapshots/{previous}";
        var leadsSomewhere =
            previous is not null
            && _tree.At(snapshot).Exists
            && (siblings.Any(sibling => sibling.Snapshot == snapshot) || !own.HasIn(_tree, snapshot));
        if (!leadsSomewhere)
        {
            // A client may have added files to a selection: they stay, and the ref that leads to them.
            if (!HasUnexpectedFiles(old.Snapshot))
                changes.Delete(path);
            return;
        }

        if (previous != text)
            changes.WriteRef(path, previous!, old.Repository);
        Log.Line($"{Printable.Escape(path)}: {previous} again");
    }

    /// <summary>Removes links, or gives them to the model that wants them too; returns the blobs that are
    /// gone.</summary>
    private HashSet<string> RemoveLinks(Placement old, Dictionary<string, string> stay)
    {
        var blobs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, target) in old.Links())
        {
            var stays = stay.TryGetValue(path, out var other);
            if ((stays && other == target) || _tree.At(path).Target != target)
                continue;
            if (stays)
            {
                changes.ReplaceLink(path, other!, old.Repository);
                continue;
            }

            changes.Delete(path);
            if (Path.GetDirectoryName(path) == $"{old.Repository}/blobs")
                blobs.Add(path);
        }

        return blobs;
    }

    /// <summary>Removes the links to our blobs from snapshots that a client has made. They would lead nowhere, and a
    /// scan would call the whole repository corrupted; without them the client downloads these files when it needs
    /// them.</summary>
    private void RemovePointers(string repository, HashSet<string> blobs)
    {
        foreach (var snapshot in _tree.Entries($"{repository}/snapshots"))
        {
            var lost = _tree
                .Below(snapshot)
                .Where(inner =>
                    inner.Entry.Target is { } target
                    && blobs.Contains(Path.GetFullPath(target, Path.GetDirectoryName(inner.Path)!))
                )
                .Select(inner => inner.Path)
                .ToArray();
            foreach (var pointer in lost)
                changes.Delete(pointer);
            if (lost.Length == 0)
                continue;
            Log.Line(
                $"{Printable.Escape(snapshot)}: {Amounts.Count(lost.Length, "link")} to removed blobs removed; "
                    + "a client downloads these files again when it needs them"
            );
            RemoveEmptyFolders(snapshot, including: false);
        }
    }

    private void RemoveRepository(string repository)
    {
        RemoveEmptyFolders($"{repository}/blobs", including: true);
        RemoveEmptyFolders($"{repository}/refs", including: false);
        // To a client a folder with anything else and without these two is a corrupted repository.
        if (
            !_tree.Entries(repository).Select(Path.GetFileName).All(name => name is "refs" or "snapshots")
            || _tree.Entries($"{repository}/refs").Count > 0
            || _tree.Entries($"{repository}/snapshots").Count > 0
        )
        {
            return;
        }

        foreach (var folder in (string[])[$"{repository}/refs", $"{repository}/snapshots", repository])
            RemoveEmptyFolders(folder, including: true);
    }

    /// <summary>Removes the folders of locks that were made for a group: a client's have no sticky bit.</summary>
    private void RemoveLocks(string locks)
    {
        foreach (var folder in (string[])[locks, Path.GetDirectoryName(locks)!])
        {
            var isOurs =
                _tree.Status(folder) is { Kind: FileKind.Folder } status && (status.Mode & UnixFileMode.StickyBit) != 0;
            if (isOurs && _tree.Entries(folder).Count == 0)
                changes.DeleteDirectory(folder);
        }
    }

    private void RemoveEmptyFolders(string folder, bool including)
    {
        if (!_tree.At(folder).IsDirectory)
            return;
        foreach (var inner in _tree.Entries(folder))
            RemoveEmptyFolders(inner, including: true);
        if (including && _tree.Entries(folder).Count == 0)
            changes.DeleteDirectory(folder);
    }

    private bool HasUnexpectedFiles(string snapshot) =>
        _tree
            .Below(snapshot)
            .Any(inner => inner.Entry.IsFile || (inner.Entry.Target is { } target && !own.Has(inner.Path, target)));
}
