namespace NixAiModels.Snapshots;

/// <summary>Where this user's runs leave things for later runs.</summary>
internal static class CacheFolder
{
    /// <summary>A folder in <c>$XDG_CACHE_HOME/nix-ai-models</c>, or where that would be; it may not exist
    /// yet.</summary>
    public static string Of(string name)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache) && Environment.GetEnvironmentVariable("HOME") is { Length: > 1 } home)
            cache = Path.Combine(home, ".cache");
        // Not /tmp: it is often small, or memory.
        if (string.IsNullOrEmpty(cache))
            cache = $"/var/tmp/nix-ai-models-{Environment.UserName}";
        return Path.Combine(cache, "nix-ai-models", name);
    }
}
