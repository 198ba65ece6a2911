using NixAiModels.Console;

namespace NixAiModels.Cache;

/// <summary>What a model derivation puts out: links to a snapshot, so that it loads both by path and through the Hugging Face cache.</summary>
/// <remarks>Cache layout: huggingface_hub, "Understand caching": <c>hub/models--ORG--NAME/{refs,snapshots}</c>; a ref is 40 bytes
/// without a newline, and <c>snapshots/COMMIT</c> may be a link to a directory.</remarks>
/// <param name="Raw">The store path of the snapshot.</param>
/// <param name="CacheName">The repository's folder in a cache, such as <c>models--ORG--NAME</c>.</param>
/// <param name="Commit">The commit, 40 hexadecimal digits; derived from the hash where the model is not pinned.</param>
/// <param name="Refs">The branches and tags that lead to the commit.</param>
public sealed record ModelView(string Raw, string CacheName, string Commit, IReadOnlyList<string> Refs)
{
    /// <summary>Writes the view.</summary>
    /// <param name="output">The folder to make.</param>
    /// <exception cref="Failure">Exit code 2: a ref that is no ref name; 7: the folder could not be written.</exception>
    public void Write(string output)
    {
        if (Refs.FirstOrDefault(IsUnsafe) is { } bad)
        {
            throw new Failure(ExitCode.Usage, $"'{bad}' is no name of a branch or tag", "source.huggingface.ref = \"main\";");
        }

        try
        {
            Directory.CreateDirectory(output);
            foreach (var entry in Directory.EnumerateFileSystemEntries(Raw))
            {
                File.CreateSymbolicLink(Path.Combine(output, Path.GetFileName(entry)), entry);
            }

            if (Path.Exists(Path.Combine(Raw, "hub")))
            {
                Log.Warning($"the repository has a file or folder called 'hub' of its own; {output} has no cache view, use it by path");
                return;
            }

            WriteCache(Path.Combine(output, "hub", CacheName));
        }
        catch (Exception exception) when (LocalFailure.Is(exception))
        {
            throw LocalFailure.Of(exception, output);
        }
    }

    private void WriteCache(string repository)
    {
        Directory.CreateDirectory(Path.Combine(repository, "snapshots"));
        File.CreateSymbolicLink(Path.Combine(repository, "snapshots", Commit), Raw);
        foreach (var name in Refs)
        {
            var file = Path.Combine(repository, "refs", name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Commit);
        }
    }

    private static bool IsUnsafe(string name) =>
        name.Length == 0 || name.StartsWith('/') || name.Split('/').Any(part => part is "" or "." or "..") || name.Contains('\0', StringComparison.Ordinal);
}
