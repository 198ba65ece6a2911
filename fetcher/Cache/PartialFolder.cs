using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>A selection of files: a real folder with one link a file, to which a client that is online adds what was
/// not selected.</summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="own">What is ours.</param>
/// <param name="placement">The model.</param>
/// <param name="directory">Makes a folder, or sees that it is one.</param>
internal sealed class PartialFolder(CacheChanges changes, OwnLinks own, Placement placement, Action<string> directory)
{
    private readonly string _folder = placement.Snapshot;
    private readonly string _beside = LinkPlacing.Beside(placement);

    /// <summary>Makes the folder, or sees that every link is in it.</summary>
    internal void Place()
    {
        var there = CacheEntry.Look(_folder);
        if (there.IsDirectory)
        {
            directory(_folder);
            foreach (var parent in Parents())
                ParentIn(_folder, parent);
            foreach (var file in placement.Files!)
                Mend(file);
            return;
        }

        if (
            there.IsFile
            || (
                there.Target is { } target && target != placement.Raw && !own.Has(_folder) && FileStatus.Exists(_folder)
            )
        )
        {
            throw LinkPlacing.InTheWay(
                _folder,
                "nix-ai-models did not make it, and it is not in the state as ours",
                $"rm '{_folder}'   # the files will come from the store; then the same again"
            );
        }

        changes.MakeDirectory(_beside);
        foreach (var parent in Parents())
            changes.MakeDirectory($"{_beside}/{parent}");
        foreach (var file in placement.Files!)
            changes.MakeLink($"{_beside}/{file}", $"{placement.Raw}/{file}");
        changes.MoveIntoPlace(_beside, _folder);
        if (CacheEntry.Look(_beside).IsThere)
            changes.DeleteBeside(_beside);
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
        if (CacheEntry.Look(path).Target is not null)
            throw LinkPlacing.InTheWay(path, "it is a link where a folder must be", $"rm '{path}'");
        directory(path);
    }

    private void Mend(string file)
    {
        var path = $"{_folder}/{file}";
        var target = $"{placement.Raw}/{file}";
        var there = CacheEntry.Look(path);
        if (there.Target == target)
            return;
        if (!there.IsThere)
        {
            changes.MakeLink(path, target);
        }
        else if (there.Target is not null && (own.Has(path) || !FileStatus.Exists(path)))
        {
            changes.ReplaceLink(path, target, _beside);
        }
        else
        {
            throw LinkPlacing.InTheWay(
                path,
                "nix-ai-models did not make it; perhaps a download of your own of the same revision",
                $"rm -r '{path}'   # the file will come from the store; then the same again"
            );
        }
    }
}
