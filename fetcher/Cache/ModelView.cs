using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Cache;

/// <summary>The output of a model derivation: links to a snapshot, so that it loads both by path and through the
/// Hugging Face cache in <c>hub</c>.</summary>
/// <param name="Raw">The store path of the snapshot.</param>
/// <param name="Cache">The model as it stands in the cache; <see langword="null"/> for one that does not come from the
/// Hub.</param>
public sealed record ModelView(string Raw, CacheView? Cache)
{
    /// <summary>Writes the view.</summary>
    /// <param name="output">The folder to make.</param>
    /// <exception cref="Failure">Exit code 2: the name of a ref is invalid; 7: the folder cannot be
    /// written.</exception>
    public void Write(string output)
    {
        try
        {
            Directory.CreateDirectory(output);
            foreach (var entry in Directory.EnumerateFileSystemEntries(Raw))
                LinkFolder.Add(output, Path.GetFileName(entry), entry);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, output);
        }

        if (Cache is null)
            return;
        if (Path.Exists(Path.Combine(Raw, "hub")))
        {
            Log.Warning(
                $"the repository has an entry 'hub' of its own: {output} has no cache view; load the model by path"
            );
            return;
        }

        Cache.Write(Path.Combine(output, "hub"));
    }
}
