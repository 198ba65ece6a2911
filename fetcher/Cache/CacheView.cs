using NixAiModels.Paths;

namespace NixAiModels.Cache;

/// <summary>A model in a Hugging Face cache that is made once and not changed: a link to its snapshot, and refs that
/// lead to it.</summary>
/// <remarks>Cache layout: huggingface_hub, "Understand caching": <c>models--ORG--NAME/{refs,snapshots}</c>; a ref is 40
/// bytes without a newline, and <c>snapshots/COMMIT</c> may be a link to a directory.</remarks>
/// <param name="Raw">The store path of the snapshot.</param>
/// <param name="CacheName">The repository's folder in a cache, such as <c>models--ORG--NAME</c>.</param>
/// <param name="Commit">The commit, 40 hexadecimal digits; derived from the hash where the model is not pinned.</param>
/// <param name="Refs">The branches and tags that lead to the commit.</param>
public sealed record CacheView(string Raw, string CacheName, string Commit, IReadOnlyList<string> Refs)
{
    /// <summary>Adds the model to a cache.</summary>
    /// <param name="cache">The cache's folder, the value of HF_HUB_CACHE; it is made.</param>
    /// <exception cref="Failure">Exit code 2: the name of a ref is invalid; 7: the folder cannot be
    /// written.</exception>
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
            var snapshot = Path.Combine(repository, "snapshots", Commit);
            // It exists where two names of one model are in the cache.
            if (new FileInfo(snapshot).LinkTarget != Raw)
                File.CreateSymbolicLink(snapshot, Raw);
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
}
