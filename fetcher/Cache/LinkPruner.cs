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
    /// <summary>Removes the links and refs of a model that no wanted model has.</summary>
    internal void Remove(Placement old)
    {
        if (!CacheEntry.At(old.Repository).IsDirectory)
        {
            RemoveLinks(old, []);
            return;
        }

        var siblings = wanted.Where(placement => placement.Repository == old.Repository).ToArray();
        var staging = LinkPlacer.Staging(old);
        if (CacheEntry.At(staging).Exists)
            changes.DeleteStaging(staging);
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
        if (blobs.Count > 0)
            RemovePointers(old.Repository, blobs);
        if (siblings.Length == 0)
            RemoveRepository(old.Repository);
    }

    private void RemoveRef(Placement old, string name, IEnumerable<Placement> siblings)
    {
        var path = old.RefFile(name);
        previousRefs.Remove(path, out var previous);
        if (LinkPlacer.RefText(path) is not { } text || !own.HasRef(path, text))
            return;
        var snapshot = $"{old.Repository}/snapshots/{previous}";
        var leadsSomewhere =
            previous is not null
            && FileStatus.Exists(snapshot)
            && (
                siblings.Any(sibling => sibling.Snapshot == snapshot) || !(own.Has(snapshot) || own.HasBelow(snapshot))
            );
        if (!leadsSomewhere)
        {
            // A client may have added files to a selection: they stay, and the ref that leads to them.
            if (!HasUnexpectedFiles(old.Snapshot))
                changes.Delete(path);
            return;
        }

        if (previous != text)
            changes.WriteRef(path, previous!, LinkPlacer.Staging(old));
        Log.Line($"{path}: {previous} again");
    }

    /// <summary>Removes links, or gives them to the model that wants them too; returns the blobs that are
    /// gone.</summary>
    private HashSet<string> RemoveLinks(Placement old, Dictionary<string, string> stay)
    {
        var blobs = new HashSet<string>(StringComparer.Ordinal);
        var isFolder = CacheEntry.At(old.Snapshot).IsDirectory;
        foreach (var (path, target) in old.Links())
        {
            // The folder may have become a link into the store, which is not followed.
            if (!isFolder && path.StartsWith(old.Snapshot + "/", StringComparison.Ordinal))
                continue;
            var stays = stay.TryGetValue(path, out var other);
            if ((stays && other == target) || CacheEntry.At(path).Target != target)
                continue;
            if (stays)
            {
                changes.ReplaceLink(path, other!, LinkPlacer.Staging(old));
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
        var snapshots = $"{repository}/snapshots";
        if (!Directory.Exists(snapshots))
            return;
        foreach (
            var snapshot in new DirectoryInfo(snapshots)
                .EnumerateDirectories()
                .Where(entry => entry.LinkTarget is null)
                .ToArray()
        )
        {
            var lost = snapshot
                .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
                .Where(entry =>
                    entry.LinkTarget is { } target
                    && blobs.Contains(Path.GetFullPath(target, Path.GetDirectoryName(entry.FullName)!))
                )
                .Select(entry => entry.FullName)
                .ToArray();
            foreach (var pointer in lost)
                changes.Delete(pointer);
            if (lost.Length == 0)
                continue;
            Log.Line(
                $"{snapshot.FullName}: {Amounts.Count(lost.Length, "link")} to removed blobs removed; "
                    + "a client downloads these files again when it needs them"
            );
            RemoveEmptyFolders(snapshot.FullName, including: false);
        }
    }

    private void RemoveRepository(string repository)
    {
        RemoveEmptyFolders($"{repository}/blobs", including: true);
        RemoveEmptyFolders($"{repository}/refs", including: false);
        // To a client a folder with anything else and without these two is a corrupted repository.
        if (
            !Directory
                .EnumerateFileSystemEntries(repository)
                .Select(Path.GetFileName)
                .All(name => name is "refs" or "snapshots")
            || HasEntries($"{repository}/refs")
            || HasEntries($"{repository}/snapshots")
        )
        {
            return;
        }

        foreach (var folder in (string[])[$"{repository}/refs", $"{repository}/snapshots", repository])
            RemoveEmptyFolders(folder, including: true);
    }

    private void RemoveEmptyFolders(string folder, bool including)
    {
        if (!CacheEntry.At(folder).IsDirectory)
            return;
        foreach (
            var inner in new DirectoryInfo(folder)
                .EnumerateDirectories()
                .Where(entry => entry.LinkTarget is null)
                .ToArray()
        )
        {
            RemoveEmptyFolders(inner.FullName, including: true);
        }

        if (including && !HasEntries(folder))
            changes.DeleteDirectory(folder);
    }

    private bool HasUnexpectedFiles(string snapshot) =>
        CacheEntry.At(snapshot).IsDirectory
        && new DirectoryInfo(snapshot)
            .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Any(entry => (entry.LinkTarget is not null || entry is not DirectoryInfo) && !own.Has(entry.FullName));

    private static bool HasEntries(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();
}
