using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>The snapshot of a selection: a real folder with one link per file, to which a client that is online adds
/// what was not selected.</summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="own">The links and refs that are ours.</param>
/// <param name="placement">The model.</param>
/// <param name="directory">Makes a folder, or checks that there is one.</param>
internal sealed class SelectionFolder(
    CacheChanges changes,
    OwnedLinks own,
    Placement placement,
    Action<string> directory
)
{
    private readonly string _folder = placement.Snapshot;
    private readonly string _staging = LinkPlacer.Staging(placement);

    /// <summary>Makes the folder, or repairs the links in it.</summary>
    internal void Place()
    {
        var there = CacheEntry.At(_folder);
        if (there.IsDirectory)
        {
            directory(_folder);
            foreach (var parent in Parents())
                ParentIn(_folder, parent);
            foreach (var file in placement.Files!)
                Repair(file);
            return;
        }

        if (
            there.IsFile
            || (
                there.Target is { } target && target != placement.Raw && !own.Has(_folder) && FileStatus.Exists(_folder)
            )
        )
        {
            throw LinkPlacer.Conflict(
                _folder,
                "a snapshot that nix-ai-models did not make",
                $"rm '{_folder}'   # then sync again: its files come from the store"
            );
        }

        changes.MakeDirectory(_staging);
        foreach (var parent in Parents())
            changes.MakeDirectory($"{_staging}/{parent}");
        foreach (var file in placement.Files!)
            changes.MakeLink($"{_staging}/{file}", $"{placement.Raw}/{file}");
        changes.MoveIntoPlace(_staging, _folder);
        if (CacheEntry.At(_staging).Exists)
            changes.DeleteStaging(_staging);
    }

    /// <summary>The folders in the snapshot, a folder before what is in it.</summary>
    private IEnumerable<string> Parents()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in placement.Files!)
        {
            for (
                var slash = file.IndexOf('/', StringComparison.Ordinal);
                slash > 0;
                slash = file.IndexOf('/', slash + 1)
            )
            {
                if (seen.Add(file[..slash]))
                    yield return file[..slash];
            }
        }
    }

    private void ParentIn(string root, string parent)
    {
        var path = $"{root}/{parent}";
        if (CacheEntry.At(path).Target is not null)
            throw LinkPlacer.Conflict(path, "a link where a folder must be", $"rm '{path}'");
        directory(path);
    }

    private void Repair(string file)
    {
        var path = $"{_folder}/{file}";
        var target = $"{placement.Raw}/{file}";
        var there = CacheEntry.At(path);
        if (there.Target == target)
            return;
        if (!there.Exists)
        {
            changes.MakeLink(path, target);
        }
        else if (there.Target is not null && (own.Has(path) || !FileStatus.Exists(path)))
        {
            changes.ReplaceLink(path, target, _staging);
        }
        else
        {
            throw LinkPlacer.Conflict(
                path,
                "a file that nix-ai-models did not make",
                $"rm -r '{path}'   # then sync again: the file comes from the store"
            );
        }
    }
}
