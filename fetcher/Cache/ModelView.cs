using NixAiModels.Terminal;

namespace NixAiModels.Cache;

/// <summary>What a model derivation puts out: links to a snapshot, so that it loads both by path and through the
/// Hugging Face cache in <c>hub</c>.</summary>
/// <param name="Cache">The model as it stands in the cache.</param>
public sealed record ModelView(CacheView Cache)
{
    /// <summary>Writes the view.</summary>
    /// <param name="output">The folder to make.</param>
    /// <exception cref="Failure">Exit code 2: a ref that is no ref name; 7: the folder could not be
    /// written.</exception>
    public void Write(string output)
    {
        try
        {
            Directory.CreateDirectory(output);
            foreach (var entry in Directory.EnumerateFileSystemEntries(Cache.Raw))
            {
                File.CreateSymbolicLink(Path.Combine(output, Path.GetFileName(entry)), entry);
            }
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, output);
        }

        if (Path.Exists(Path.Combine(Cache.Raw, "hub")))
        {
            Log.Warning(
                $"the repository has a file or folder called 'hub' of its own; {output} has no cache view, use it by path"
            );
            return;
        }

        Cache.Write(Path.Combine(output, "hub"));
    }
}
