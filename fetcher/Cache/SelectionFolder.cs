namespace NixAiModels.Cache;

/// <summary>The snapshot of a selection: a real folder with one link per file, to which a client that is online adds
/// what was not selected.</summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="placer">Knows which links may be replaced.</param>
/// <param name="placement">The model.</param>
internal sealed class SelectionFolder(CacheChanges changes, LinkPlacer placer, Placement placement)
{
    private readonly CacheTree _tree = changes.Tree;
    private readonly string _folder = placement.Snapshot;

    /// <summary>Makes the folder, or repairs the links in it.</summary>
    internal void Place()
    {
        var there = _tree.At(_folder);
        if (there.IsDirectory)
        {
            placer.EnsureDirectory(_folder);
            foreach (var parent in Parents())
                placer.EnsureDirectory($"{_folder}/{parent}");
            foreach (var file in placement.Files!)
                Repair(file);
            return;
        }

        if (
            there.IsFile
            || (there.Target is { } target && target != placement.Raw && !placer.MayReplace(_folder, target))
        )
        {
            throw LinkPlacer.Conflict(
                _folder,
                "a snapshot that nix-ai-models did not make",
                $"rm '{_folder}'   # then sync again: its files come from the store"
            );
        }

        var staging = CacheChanges.NewName(placement.Repository);
        changes.MakeDirectory(staging);
        foreach (var parent in Parents())
            changes.MakeDirectory($"{staging}/{parent}");
        foreach (var file in placement.Files!)
            changes.MakeLink($"{staging}/{file}", $"{placement.Raw}/{file}");
        if (there.Exists)
            changes.PutInPlaceOf(staging, _folder);
        else
            changes.MoveIntoPlace(staging, _folder);
        changes.RemoveStaged(placement.Repository);
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

    private void Repair(string file)
    {
        var path = $"{_folder}/{file}";
        var target = $"{placement.Raw}/{file}";
        var there = _tree.At(path);
        // Another model of the same commit has the same bytes, and so has the blob that a client links to when it
        // downloads the file anew.
        if (there.Target is { } own && (own == target || placer.IsOurs(path, own) || LeadsToBlob(path, own, file)))
            return;
        if (!there.Exists)
        {
            changes.MakeLink(path, target);
        }
        else if (there.Target is { } other && placer.MayReplace(path, other))
        {
            changes.ReplaceLink(path, target, placement.Repository);
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

    private bool LeadsToBlob(string path, string target, string file) =>
        Path.GetFullPath(target, Path.GetDirectoryName(path)!) is var blob
        && Path.GetDirectoryName(blob) == $"{placement.Repository}/blobs"
        && placement.Blobs.GetValueOrDefault(Path.GetFileName(blob)) == file;
}
