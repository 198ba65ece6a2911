using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>Puts a model into a cache, and mends what others have done to its links: blobs first, then the snapshot,
/// then the refs, so that nothing ever leads to what is not there yet.</summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="own">What is ours.</param>
/// <param name="storeDirectory">The store, into which nothing is written.</param>
internal sealed class LinkPlacing(CacheChanges changes, OwnLinks own, string storeDirectory)
{
    /// <summary>The one name beside which everything is made. Clients do not look at it.</summary>
    internal const string BesideName = ".nix-ai-models-new";

    /// <summary>Places a model.</summary>
    /// <exception cref="Failure">Something that is not ours is in the way, or the file system refused.</exception>
    internal void Place(Placement placement)
    {
        foreach (var folder in (string[])["", "/blobs", "/snapshots", "/refs"])
            EnsureDirectory(placement.Repository + folder);
        var beside = Beside(placement);
        if (CacheEntry.Look(beside).IsThere)
            changes.DeleteBeside(beside);
        foreach (var (name, file) in placement.Blobs)
            Blob($"{placement.Repository}/blobs/{name}", $"{placement.Raw}/{file}", beside);
        if (placement.Files is null)
            WholeSnapshot(placement);
        else
            new PartialFolder(changes, own, placement, EnsureDirectory).Place();
        if (placement.Alias is not null)
            Alias(placement);
        foreach (var name in placement.Refs)
            Ref(placement, name);
    }

    /// <summary>Where things are made before they get their name.</summary>
    internal static string Beside(Placement placement) => $"{placement.Repository}/{BesideName}";

    /// <summary>What to say of something that is not ours.</summary>
    internal static Failure InTheWay(string path, string what, string next) =>
        new(ExitCode.LocalIO, $"{path} is in the way: {what}", next);

    /// <summary>Makes a folder, or sees that it is one that may be written to.</summary>
    internal void EnsureDirectory(string path)
    {
        var there = CacheEntry.Look(path);
        if (!there.IsThere)
        {
            changes.MakeDirectory(path);
            return;
        }

        if (there.IsFile)
        {
            throw InTheWay(
                path,
                "it is a file that nix-ai-models did not make, where a folder must be",
                $"mv '{path}' '{path}.moved'"
            );
        }

        if (there.Target is not null)
        {
            var target = Links.ResolveExisting(path);
            if (target.StartsWith(storeDirectory + "/", StringComparison.Ordinal))
            {
                throw InTheWay(
                    path,
                    $"it is a link into the store ({target}), through which nothing is written",
                    $"rm '{path}'"
                );
            }

            if (!System.IO.Directory.Exists(path))
                throw InTheWay(path, $"it is a link that leads nowhere ({there.Target})", $"rm '{path}'");
        }

        changes.GiveToGroup(path, isDirectory: true);
    }

    /// <summary>A blob's name says what its bytes are: whoever put it there, it serves.</summary>
    private void Blob(string path, string target, string beside)
    {
        var there = CacheEntry.Look(path);
        if (there.Target == target || there.IsFile)
            return;
        if (there.IsDirectory)
            throw InTheWay(path, "it is a folder where a file must be", $"mv '{path}' '{path}.moved'");
        if (!there.IsThere)
            changes.MakeLink(path, target);
        else if (!FileStatus.Exists(path))
            changes.ReplaceLink(path, target, beside);
    }

    private void WholeSnapshot(Placement placement)
    {
        var path = placement.Snapshot;
        var there = CacheEntry.Look(path);
        if (there.Target == placement.Raw)
            return;
        if (!there.IsThere)
        {
            changes.MakeLink(path, placement.Raw);
        }
        else if (there.Target is not null && (own.Has(path) || !FileStatus.Exists(path)))
        {
            changes.ReplaceLink(path, placement.Raw, Beside(placement));
        }
        else if (there.IsDirectory && own.HasBelow(path) && NothingIsLost(path, placement.Raw))
        {
            changes.MakeLink(Beside(placement), placement.Raw);
            changes.MoveIntoPlace(Beside(placement), path);
            if (CacheEntry.Look(Beside(placement)).IsThere)
                changes.DeleteBeside(Beside(placement));
        }
        else
        {
            throw InTheWay(
                path,
                "nix-ai-models did not make it, and it is not in the state as ours; perhaps a download of your own of the same revision",
                $"rm -r '{path}'   # its files will come from the store; then the same again"
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
        var there = CacheEntry.Look(path);
        if (there.Target == placement.AliasTarget)
            return;
        if (!there.IsThere)
        {
            changes.MakeLink(path, placement.AliasTarget);
        }
        else if (there.Target is not null && (own.Has(path) || !FileStatus.Exists(path)))
        {
            changes.ReplaceLink(path, placement.AliasTarget, Beside(placement));
        }
        else
        {
            throw InTheWay(
                path,
                $"the cache is {Path.GetDirectoryName(placement.Repository)}, and this is to be a link into it",
                $"cp -an '{path}/.' '{placement.Repository}/' && rm -r '{path}'   # takes a download of your own along"
            );
        }
    }

    private void Ref(Placement placement, string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
            EnsureDirectory(placement.RefFile(name[..slash]));
        var path = placement.RefFile(name);
        var there = CacheEntry.Look(path);
        if (there.IsDirectory)
            throw InTheWay(path, "it is a folder where a ref must be", $"mv '{path}' '{path}.moved'");
        // A newline at its end is enough for a client not to find the snapshot.
        if (RefText(path) == placement.Commit && there.Target is null)
            changes.GiveToGroup(path, isDirectory: false);
        else
            changes.WriteRef(path, placement.Commit, Beside(placement));
    }

    /// <summary>What the file of a ref holds; <see langword="null"/> where none is.</summary>
    internal static string? RefText(string path)
    {
        try
        {
            return FileStatus.Exists(path) && !System.IO.Directory.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }
}
