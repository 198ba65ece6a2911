namespace NixAiModels.Validation;

/// <summary>Paths that files of a model write down for other files.</summary>
internal static class RelativePath
{
    /// <summary>Whether a relative path, its <c>..</c> resolved step by step, never leaves the folder that it starts
    /// from.</summary>
    public static bool StaysInside(string path) => StaysInside(string.Empty, path);

    /// <summary>Whether a path that starts from a folder of the model never leaves the model.</summary>
    /// <param name="folder">The folder's path in the model, empty or ending in a slash.</param>
    /// <param name="path">The path as written.</param>
    public static bool StaysInside(string folder, string path) =>
        path.Length > 0 && !path.StartsWith('/') && !path.Contains('\0') && Resolve(folder + path) is not null;

    /// <summary>The path from the model's root that a path means which starts from a folder of it; empty if it leaves
    /// the model.</summary>
    public static string Join(string folder, string path) => Resolve(folder + path) ?? string.Empty;

    private static string? Resolve(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
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
}
