namespace NixAiModels.Cache;

/// <summary>An entry of the cache; a link is not followed.</summary>
/// <param name="Target">The target of the link, if it is one.</param>
/// <param name="IsDirectory">Whether it is a real folder.</param>
/// <param name="IsFile">Whether it is anything else but a link.</param>
internal readonly record struct CacheEntry(string? Target, bool IsDirectory, bool IsFile)
{
    /// <summary>Whether anything is there.</summary>
    internal bool Exists => Target is not null || IsDirectory || IsFile;
}
