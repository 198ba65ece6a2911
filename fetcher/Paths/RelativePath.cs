namespace NixAiModels.Paths;

/// <summary>Paths from outside, relative to a folder that they must not leave. Separators are slashes.</summary>
public static class RelativePath
{
    /// <summary>The path with empty, <c>.</c> and <c>..</c> parts resolved step by step, or <see langword="null"/> if
    /// it leaves the folder on the way. An absolute path does, and so does one with a NUL, where readers
    /// stop.</summary>
    /// <param name="folder">Where in the folder the path starts: empty, or ending in a slash.</param>
    /// <param name="path">The path as written.</param>
    public static string? Resolve(string folder, string path)
    {
        if (path.Length == 0 || path[0] == '/' || path.Contains('\0', StringComparison.Ordinal))
            return null;
        var parts = new List<string>();
        foreach (var part in (folder + path).Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    /// <summary>Whether a path stays in the folder and is written in the one way that needs no resolving: every part is
    /// a name.</summary>
    /// <param name="path">The path as written.</param>
    public static bool IsNormal(string path) => Resolve("", path) == path;

    /// <summary>Whether a path stays in the folder on Windows too, and even if a part of it is a link: backslashes
    /// separate, drives are absolute, and no part is <c>..</c>.</summary>
    /// <param name="path">The path as written; an empty one is the folder itself.</param>
    public static bool IsInsideOnAnySystem(string path)
    {
        var slashed = path.Replace('\\', '/');
        return !slashed.StartsWith('/') && !HasDrive(path) && !slashed.Split('/').Contains("..");
    }

    /// <summary>Whether a path begins with a drive of Windows, such as <c>C:</c>.</summary>
    /// <param name="path">The path as written.</param>
    public static bool HasDrive(string path) => path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0]);
}
