using NixAiModels.Cache;

namespace NixAiModels.Sync;

/// <summary>The cache directories of a run, each opened once: the configured one, and those of models that were placed
/// elsewhere before.</summary>
/// <param name="dryRun">Whether changes are only printed.</param>
/// <param name="group">The group that may read what is made, if any.</param>
/// <param name="beforeEach">Called before each change.</param>
internal sealed class CacheSet(bool dryRun, uint? group, Action<string>? beforeEach) : IDisposable
{
    private readonly Dictionary<string, CacheChanges> _caches = new(StringComparer.Ordinal);

    /// <summary>The number of changes so far.</summary>
    internal int Changes => _caches.Values.Sum(cache => cache.Count);

    /// <summary>Opens a cache directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="make">Whether to make it where it is missing.</param>
    /// <exception cref="Failure">As <see cref="CacheChanges.Open"/>.</exception>
    internal CacheChanges Open(string path, bool make = false)
    {
        if (_caches.TryGetValue(path, out var changes))
            return changes;
        changes = new CacheChanges(path, dryRun, group) { BeforeEach = beforeEach };
        changes.Open(make);
        return _caches[path] = changes;
    }

    public void Dispose()
    {
        foreach (var cache in _caches.Values)
            cache.Dispose();
    }
}
