using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>Links a model into a cache, and repairs its links: blobs first, then the snapshot, then the refs, so that
/// nothing ever leads to what is not there yet.</summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="own">The links and refs that are ours.</param>
/// <param name="storeDirectory">The store; nothing is written through a link into it.</param>
internal sealed class LinkPlacer(CacheChanges changes, OwnedLinks own, string storeDirectory)
{
    /// <summary>The name in a repository's folder under which things are made before they are renamed; clients ignore
    /// it.</summary>
    internal const string StagingName = ".nix-ai-models-new";

    /// <summary>Links a model; what is right already is left alone.</summary>
    /// <exception cref="Failure">Exit code 7: something that is not ours has one of the names, or the file system
    /// refused.</exception>
    internal void Place(Placement placement)
    {
        foreach (var folder in (string[])["", "/blobs", "/snapshots", "/refs"])
            EnsureDirectory(placement.Repository + folder);
        var staging = Staging(placement);
        if (CacheEntry.At(staging).Exists)
            changes.DeleteStaging(staging);
        foreach (var (name, file) in placement.Blobs)
            Blob($"{placement.Repository}/blobs/{name}", $"{placement.Raw}/{file}", staging);
        if (placement.Files is null)
            WholeSnapshot(placement);
        else
            new SelectionFolder(changes, own, placement, EnsureDirectory).Place();
        if (placement.Alias is not null)
            Alias(placement);
        foreach (var name in placement.Refs)
            Ref(placement, name);
    }

    /// <summary>The path under which things are made before they are renamed.</summary>
    internal static string Staging(Placement placement) => $"{placement.Repository}/{StagingName}";

    /// <summary>The failure for something that has the name of a link of ours and is not replaced.</summary>
    internal static Failure Conflict(string path, string what, string next) =>
        new(ExitCode.LocalIO, $"{what}: {path}", next);

    /// <summary>Makes a folder, or checks that what is there is one, outside the store.</summary>
    internal void EnsureDirectory(string path)
    {
        var there = CacheEntry.At(path);
        if (!there.Exists)
        {
            changes.MakeDirectory(path);
            return;
        }

        if (there.IsFile)
        {
            throw Conflict(path, "a file where a folder must be", $"mv '{path}' '{path}.moved'");
        }

        if (there.Target is not null)
        {
            var target = Links.ResolveExisting(path);
            if (target.StartsWith(storeDirectory + "/", StringComparison.Ordinal))
            {
                throw Conflict(path, "a link into the store, through which nothing is written", $"rm '{path}'");
            }

            if (!Directory.Exists(path))
                throw Conflict(path, "a link that leads nowhere", $"rm '{path}'");
        }

        changes.GiveToGroup(path, isDirectory: true);
    }

    /// <summary>A blob is named after its bytes: whoever put it there, it serves.</summary>
    private void Blob(string path, string target, string staging)
    {
        var there = CacheEntry.At(path);
        if (there.Target == target || there.IsFile)
            return;
        if (there.IsDirectory)
            throw Conflict(path, "a folder where a blob must be", $"mv '{path}' '{path}.moved'");
        if (!there.Exists)
            changes.MakeLink(path, target);
        else if (!FileStatus.Exists(path))
            changes.ReplaceLink(path, target, staging);
    }

    private void WholeSnapshot(Placement placement)
    {
        var path = placement.Snapshot;
        var there = CacheEntry.At(path);
        if (there.Target == placement.Raw)
            return;
        if (!there.Exists)
        {
            changes.MakeLink(path, placement.Raw);
        }
        else if (there.Target is not null && (own.Has(path) || !FileStatus.Exists(path)))
        {
            changes.ReplaceLink(path, placement.Raw, Staging(placement));
        }
        else if (there.IsDirectory && own.HasBelow(path) && NothingIsLost(path, placement.Raw))
        {
            changes.MakeLink(Staging(placement), placement.Raw);
            changes.MoveIntoPlace(Staging(placement), path);
            if (CacheEntry.At(Staging(placement)).Exists)
                changes.DeleteStaging(Staging(placement));
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

    /// <summary>Whether a folder of ours holds nothing but links to files that the snapshot has too: ours, and those
    /// that a client has added.</summary>
    private static bool NothingIsLost(string folder, string raw) =>
        new DirectoryInfo(folder)
            .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .All(entry =>
                entry.LinkTarget is not null
                    ? FileStatus.Exists(raw + entry.FullName[folder.Length..])
                    : entry is DirectoryInfo
            );

    private void Alias(Placement placement)
    {
        var path = placement.Alias!;
        var there = CacheEntry.At(path);
        if (there.Target == placement.AliasTarget)
            return;
        if (!there.Exists)
        {
            changes.MakeLink(path, placement.AliasTarget);
        }
        else if (there.Target is not null && (own.Has(path) || !FileStatus.Exists(path)))
        {
            changes.ReplaceLink(path, placement.AliasTarget, Staging(placement));
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

    private void Ref(Placement placement, string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
            EnsureDirectory(placement.RefFile(name[..slash]));
        var path = placement.RefFile(name);
        var there = CacheEntry.At(path);
        if (there.IsDirectory)
            throw Conflict(path, "a folder where a ref must be", $"mv '{path}' '{path}.moved'");
        // A newline at its end is enough for a client not to find the snapshot.
        if (RefText(path) == placement.Commit && there.Target is null)
            changes.GiveToGroup(path, isDirectory: false);
        else
            changes.WriteRef(path, placement.Commit, Staging(placement));
    }

    /// <summary>The text of a ref's file; <see langword="null"/> where there is none.</summary>
    internal static string? RefText(string path)
    {
        try
        {
            return FileStatus.Exists(path) && !Directory.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }
}
