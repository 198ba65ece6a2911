namespace NixAiModels.Store;

/// <summary>The folder on this machine's disk in which Nix keeps its store.</summary>
public static class StoreFolder
{
    /// <summary>The folder that store paths begin with, which need not be their place on the disk.</summary>
    /// <param name="environment">Reads a variable: NIX_STORE_DIR.</param>
    public static string Name(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment("NIX_STORE_DIR") is { Length: > 0 } set ? set : Nar.StorePath.DefaultStoreDirectory;
    }

    /// <summary>The store's folder on the disk.</summary>
    /// <param name="environment">Reads a variable: NIX_REMOTE, NIX_STORE_DIR.</param>
    /// <returns>An existing folder, or <see langword="null"/> if the store is on another machine, or unknown.</returns>
    public static string? Find(Func<string, string?> environment)
    {
        var store = Name(environment);
        var remote = environment("NIX_REMOTE") ?? "";
        const string Root = "local?root=";
        var root =
            remote.StartsWith('/') ? remote
            : remote.StartsWith(Root, StringComparison.Ordinal) ? remote[Root.Length..].Split('&')[0]
            : "";
        var folder = root.TrimEnd('/') + store;
        return Directory.Exists(folder) ? folder : null;
    }
}
