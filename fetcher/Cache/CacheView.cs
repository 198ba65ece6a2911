using NixAiModels.Paths;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>A revision in a Hugging Face cache that is made once and not changed: its snapshot, refs that lead to it,
/// and the list of its files.</summary>
/// <remarks>Cache layout: huggingface_hub, "Understand caching": <c>models--ORG--NAME/{refs,snapshots}</c>; a ref is 40
/// bytes without a newline, and <c>snapshots/COMMIT</c> may be a link to a directory.</remarks>
/// <param name="CacheName">The repository's folder in a cache, such as <c>models--ORG--NAME</c>.</param>
/// <param name="Commit">The commit, 40 hexadecimal digits; derived from the hash where the model is not pinned.</param>
/// <param name="Refs">The branches and tags that lead to the commit.</param>
/// <param name="Parts">The models that the snapshot is made of: one, or several selections of its files.</param>
public sealed record CacheView(
    string CacheName,
    string Commit,
    IReadOnlyList<string> Refs,
    IReadOnlyList<CacheView.Part> Parts
)
{
    /// <summary>A model of the revision.</summary>
    /// <param name="Raw">The store path of its files.</param>
    /// <param name="Tree">The list of its files; <see langword="null"/> where there is none.</param>
    public sealed record Part(string Raw, SnapshotTree? Tree);

    /// <summary>Adds the revision to a cache.</summary>
    /// <param name="cache">The cache's folder, the value of HF_HUB_CACHE; it is made.</param>
    /// <exception cref="Failure">Exit code 2: the name of a ref is invalid; 6: the parts have different bytes for one
    /// file; 7: the folder cannot be written.</exception>
    public void Write(string cache)
    {
        if (Refs.FirstOrDefault(name => !RelativePath.IsNormal(name)) is { } bad)
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid ref '{Printable.Escape(bad)}': not the name of a branch or tag",
                "source.huggingface.ref = \"main\";"
            );
        }

        var repository = Path.Combine(cache, CacheName);
        try
        {
            Directory.CreateDirectory(Path.Combine(repository, "snapshots"));
            WriteSnapshot(Path.Combine(repository, "snapshots", Commit));
            if (Tree() is { } tree)
                tree.Write(SnapshotTree.PathIn(repository, Commit));
            foreach (var name in Refs)
            {
                var file = Path.Combine(repository, "refs", name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, Commit);
            }
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, repository);
        }
    }

    /// <summary>One link where a part has all the files: programs that resolve links still find neighbouring files
    /// then.</summary>
    private void WriteSnapshot(string snapshot)
    {
        var raws = Parts
            .Select(part => part.Raw)
            .Distinct()
            .Select(raw => (Path: raw, Files: SnapshotFiles.Of(raw)))
            .ToArray();
        var all = raws.SelectMany(raw => raw.Files).ToHashSet(StringComparer.Ordinal);
        foreach (var raw in raws.Where(raw => raw.Files.Count == all.Count))
        {
            File.CreateSymbolicLink(snapshot, raw.Path);
            return;
        }

        foreach (var raw in raws)
        {
            foreach (var file in raw.Files.Where(all.Remove))
                LinkFolder.Add(snapshot, file, $"{raw.Path}/{file}");
        }
    }

    private SnapshotTree? Tree()
    {
        var files = new Dictionary<string, SnapshotTree.Entry>(StringComparer.Ordinal);
        foreach (var part in Parts)
        {
            if (part.Tree is null)
                return null;
            foreach (var (path, file) in part.Tree.Files)
            {
                if (!files.TryAdd(path, file) && !files[path].Agrees(file))
                    throw Contradiction(path);
            }
        }

        return SnapshotTree.Of(files);
    }

    private Failure Contradiction(string path) =>
        new(
            ExitCode.Integrity,
            $"two models of {CacheName} at {Commit} have different bytes: {Printable.Escape(path)}",
            "pin both again, from the same hub: nix-prefetch-hf ORG/NAME --rev " + Commit
        );
}
