using NixAiModels.Paths;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>Links a model into a cache, and repairs its links: blobs first, then the snapshot, the list of its files,
/// and the refs, so that nothing ever leads to what is not there yet.</summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="own">The links and refs that are ours.</param>
/// <param name="storeDirectory">The store: a link to what is gone from it may be replaced.</param>
internal sealed class LinkPlacer(CacheChanges changes, OwnedLinks own, string storeDirectory)
{
    private readonly CacheTree _tree = changes.Tree;

    /// <summary>Links a model; what is right already is left alone.</summary>
    /// <param name="placement">The model.</param>
    /// <param name="refs">Whether members of the cache's group may move its refs.</param>
    /// <exception cref="Failure">Exit code 7: something that is not ours has one of the names, or the file system
    /// refused.</exception>
    internal void Place(Placement placement, GroupAccess refs = GroupAccess.Add)
    {
        foreach (var folder in (string[])["", "/blobs", "/snapshots"])
            EnsureDirectory(placement.Repository + folder);
        EnsureDirectory($"{placement.Repository}/refs", refs);
        if (changes.HasGroup)
        {
            // The first client to take a lock would make these for itself alone.
            EnsureDirectory(Path.GetDirectoryName(placement.Locks)!);
            EnsureDirectory(placement.Locks);
        }

        changes.RemoveStaged(placement.Repository);
        foreach (var (name, file) in placement.Blobs)
            Blob(placement, $"{placement.Repository}/blobs/{name}", $"{placement.Raw}/{file}");
        if (placement.Files is null)
            WholeSnapshot(placement);
        else
            new SelectionFolder(changes, this, placement).Place();
        if (placement.Tree is not null)
            Tree(placement);
        if (placement.Alias is not null)
            Alias(placement);
        foreach (var name in placement.Refs)
            Ref(placement, name, refs);
    }

    /// <summary>The failure for something that has the name of a link of ours and is not replaced.</summary>
    internal static Failure Conflict(string path, string what, string next) =>
        new(ExitCode.LocalIO, $"{what}: {path}", next);

    /// <summary>Whether a link is ours, and leads somewhere.</summary>
    internal bool IsOurs(string path, string target) => own.Has(path, target) && !IsGone(target);

    /// <summary>Whether a link may be replaced: it is ours, or leads to what is gone from the store.</summary>
    internal bool MayReplace(string path, string target) => own.Has(path, target) || IsGone(target);

    /// <summary>Makes a folder, or checks that there is a real one.</summary>
    internal void EnsureDirectory(string path, GroupAccess access = GroupAccess.Add)
    {
        var there = _tree.At(path);
        if (!there.Exists)
        {
            changes.MakeDirectory(path, access);
            return;
        }

        if (there.IsFile)
        {
            throw Conflict(path, "a file where a folder must be", $"mv '{path}' '{path}.moved'");
        }

        if (there.Target is { } target)
        {
            throw Conflict(
                path,
                "a link where a folder must be: sync follows no link in a cache",
                $"rm '{path}'   # or set cacheDir to where the cache really is: {Printable.Escape(target)}"
            );
        }

        changes.GiveToGroup(path, access);
    }

    private bool IsGone(string target) =>
        target.StartsWith(storeDirectory + "/", StringComparison.Ordinal)
        && RelativePath.IsNormal(target[(storeDirectory.Length + 1)..])
        && !FileStatus.Exists(target);

    /// <summary>A blob is named after its bytes: whoever put it there, it serves.</summary>
    private void Blob(Placement placement, string path, string target)
    {
        var there = _tree.At(path);
        if (there.Target == target || there.IsFile)
            return;
        if (there.IsDirectory)
            throw Conflict(path, "a folder where a blob must be", $"mv '{path}' '{path}.moved'");
        if (!there.Exists)
            changes.MakeLink(path, target);
        else if (IsGone(there.Target!))
            changes.ReplaceLink(path, target, placement.Repository);
    }

    private void WholeSnapshot(Placement placement)
    {
        var path = placement.Snapshot;
        var there = _tree.At(path);
        if (there.Target == placement.Raw)
            return;
        if (!there.Exists)
        {
            changes.MakeLink(path, placement.Raw);
        }
        else if (there.Target is { } target && MayReplace(path, target))
        {
            changes.ReplaceLink(path, placement.Raw, placement.Repository);
        }
        else if (there.IsDirectory && own.HasIn(_tree, path) && NothingIsLost(path, placement.Raw))
        {
            var staging = CacheChanges.NewName(placement.Repository);
            changes.MakeLink(staging, placement.Raw);
            changes.PutInPlaceOf(staging, path);
            changes.RemoveStaged(placement.Repository);
        }
        else
        {
            throw Conflict(
                path,
                "a snapshot that nix-ai-models did not make",
                $"rm -r '{path}'   # then sync again: its files come from the store"
            );
        }
    }

    /// <summary>A list that is there already is left alone, unless it is ours: it may be a client's.</summary>
    private void Tree(Placement placement)
    {
        EnsureDirectory(Path.GetDirectoryName(placement.TreeLink)!);
        var there = _tree.At(placement.TreeLink);
        if (!there.Exists)
            changes.MakeLink(placement.TreeLink, placement.Tree!);
        else if (there.Target is { } target && target != placement.Tree && MayReplace(placement.TreeLink, target))
            changes.ReplaceLink(placement.TreeLink, placement.Tree!, placement.Repository);
    }

    /// <summary>Whether a folder of ours holds nothing but links to files that the snapshot has too: ours, and those
    /// that a client has added.</summary>
    private bool NothingIsLost(string folder, string raw) =>
        _tree
            .Below(folder)
            .All(inner =>
                inner.Entry.Target is not null
                    ? FileStatus.Exists(raw + inner.Path[folder.Length..])
                    : inner.Entry.IsDirectory
            );

    private void Alias(Placement placement)
    {
        var path = placement.Alias!;
        var there = _tree.At(path);
        if (there.Target == placement.AliasTarget)
            return;
        if (!there.Exists)
        {
            changes.MakeLink(path, placement.AliasTarget);
        }
        else if (there.Target is not null)
        {
            throw Conflict(path, $"a link that does not lead to {placement.Repository}", $"rm '{path}'");
        }
        else
        {
            throw Conflict(
                path,
                $"not a link to {placement.Repository}",
                $"cp -an '{path}/.' '{placement.Repository}/' && rm -r '{path}'   # keeps your own downloads"
            );
        }
    }

    private void Ref(Placement placement, string name, GroupAccess access)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
            EnsureDirectory(placement.RefFile(name[..slash]), access);
        var path = placement.RefFile(name);
        var text = _tree.RefText(path);
        if (text is null && _tree.At(path).Exists)
            throw Conflict(path, "not the file of a ref", $"mv '{path}' '{path}.moved'");
        // A newline at its end is enough for a client not to find the snapshot.
        if (text != placement.Commit || !changes.IsShared(path, access))
            changes.WriteRef(path, placement.Commit, placement.Repository, access);
    }
}
