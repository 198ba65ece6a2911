namespace NixAiModels.Cache;

/// <summary>What is at a path, without following a link there.</summary>
/// <param name="Target">What the link holds, if it is one.</param>
/// <param name="IsDirectory">Whether it is a real folder.</param>
/// <param name="IsFile">Whether it is anything else that is no link.</param>
internal readonly record struct CacheEntry(string? Target, bool IsDirectory, bool IsFile)
{
    /// <summary>Whether there is anything.</summary>
    internal bool IsThere => Target is not null || IsDirectory || IsFile;

    /// <summary>Looks.</summary>
    /// <exception cref="Failure">It may not be looked at.</exception>
    internal static CacheEntry Look(string path)
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
