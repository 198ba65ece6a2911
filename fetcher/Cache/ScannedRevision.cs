namespace NixAiModels.Cache;

/// <summary>A revision of a repository in a cache, as a scan finds it.</summary>
/// <param name="Repository">The repository's folder, such as <c>models--ORG--NAME</c>.</param>
/// <param name="Commit">The name of the snapshot.</param>
/// <param name="Refs">The refs that lead to it.</param>
/// <param name="Model">The model's name in a configuration; <see langword="null"/> where no state knows it.</param>
/// <param name="StorePath">The store path that the snapshot, or its linked files, are in; <see langword="null"/> for a
/// download.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="FromStore">How many of them are in the store.</param>
/// <param name="Size">The bytes of its files together.</param>
/// <param name="Broken">Paths of links that lead nowhere.</param>
public sealed record ScannedRevision(
    string Repository,
    string Commit,
    IReadOnlyList<string> Refs,
    string? Model,
    string? StorePath,
    int Files,
    int FromStore,
    long Size,
    IReadOnlyList<string> Broken
)
{
    /// <summary>The paths of its files that are there.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Whether some of its files are not in the store.</summary>
    public bool IsDownload => FromStore < Files;

    /// <summary>Whose it is, in a word or two.</summary>
    public string Owner =>
        Model is not null ? $"model {Model}"
        : FromStore == 0 ? "download"
        : FromStore == Files ? "store"
        : "store, download";
}
