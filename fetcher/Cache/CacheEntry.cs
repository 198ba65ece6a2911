namespace NixAiModels.Cache;

/// <summary>An entry of the cache; a link is not followed.</summary>
/// <param name="Target">The target of the link, if it is one.</param>
/// <param name="IsDirectory">Whether it is a real folder.</param>
/// <param name="IsFile">Whether it is anything else but a link.</param>
internal readonly record struct CacheEntry(string? Target, bool IsDirectory, bool IsFile)
{
    /// <summary>Whether anything is there.</summary>
    internal bool Exists => Target is not null || IsDirectory || IsFile;

    /// <summary>The entry at a path.</summary>
    /// <exception cref="Failure">Exit code 7: it cannot be read.</exception>
    internal static CacheEntry At(string path)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is { } target)
                return new CacheEntry(target, false, false);
            return Directory.Exists(path)
                ? new CacheEntry(null, true, false)
                : new CacheEntry(null, false, File.Exists(path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }
}
