namespace NixAiModels.Cache;

/// <summary>Paths below a folder of the cache, which must not lead out of it.</summary>
internal static class RelativePath
{
    /// <summary>Whether a path has no empty, <c>.</c> or <c>..</c> part and is not absolute.</summary>
    internal static bool IsSafe(string path) =>
        !path.Contains('\0', StringComparison.Ordinal) && path.Split('/').All(part => part is not ("" or "." or ".."));
}
