namespace NixAiModels.Sync;

/// <summary>What the modules write for <c>nix-ai-models sync</c>: the models, and where they belong
/// (docs/cache.md).</summary>
/// <param name="CacheDirectory">The directory that is configured, absolute and without a trailing slash;
/// <see langword="null"/> where no cache is wanted.</param>
/// <param name="Group">The group that may read the cache; <see langword="null"/> in a home.</param>
/// <param name="StateDirectory">Where sync records what it has placed; absolute.</param>
/// <param name="NixDirectory">The folder of Nix' commands; <see langword="null"/> for those on PATH.</param>
/// <param name="Auth">Where the token is.</param>
/// <param name="Models">The models; no two with one name.</param>
public sealed record SyncManifest(
    string? CacheDirectory,
    string? Group,
    string StateDirectory,
    string? NixDirectory,
    SyncAuth Auth,
    IReadOnlyList<SyncModel> Models
)
{
    /// <summary>The store path of this program, which is kept for <see cref="SyncRemoval"/> once the module is
    /// disabled; <see langword="null"/> where no module has written the manifest.</summary>
    public string? Package { get; init; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="Failure">Exit code 7: it cannot be read; 2: a field is missing or invalid.</exception>
    public static SyncManifest Read(string file)
    {
        try
        {
            return new ManifestReader(file).Parse(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, file);
        }
    }
}
