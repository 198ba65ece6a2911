namespace NixAiModels.Hub;

/// <summary>Where the Hub's clients keep what they download (huggingface_hub, <c>constants.py</c>).</summary>
internal static class HubCacheFolder
{
    /// <summary>The user's cache: <c>HF_HUB_CACHE</c>, else <c>hub</c> in the clients' folder.</summary>
    /// <param name="variables">The environment.</param>
    /// <returns><see langword="null"/> where the user has no home.</returns>
    public static string? Find(EnvironmentVariables variables) =>
        variables["HF_HUB_CACHE"] is { } cache ? Expand(cache, variables)
        : Home(variables) is { } home ? Path.Combine(home, "hub")
        : null;

    /// <summary>The clients' folder: <c>HF_HOME</c>, else <c>huggingface</c> in the user's caches.</summary>
    /// <param name="variables">The environment.</param>
    public static string? Home(EnvironmentVariables variables) =>
        variables["HF_HOME"] is { } home ? Expand(home, variables)
        : variables["XDG_CACHE_HOME"] is { } cache ? Path.Combine(cache, "huggingface")
        : variables["HOME"] is { } user ? Path.Combine(user, ".cache", "huggingface")
        : null;

    private static string Expand(string path, EnvironmentVariables variables) =>
        path.StartsWith("~/", StringComparison.Ordinal) && variables["HOME"] is { } home
            ? Path.Combine(home, path[2..])
            : path;
}
