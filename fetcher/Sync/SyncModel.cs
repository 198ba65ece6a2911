using NixAiModels.Cache;

namespace NixAiModels.Sync;

/// <summary>A configured model, as the modules describe it to <c>nix-ai-models sync</c>.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Cached">What it is in a Hugging Face cache; <see langword="null"/> for a model that is no repository of
/// the Hub: it is found by its path.</param>
/// <param name="Out">The store path of the view.</param>
/// <param name="Report">The store path of the report, or <see langword="null"/>.</param>
/// <param name="Raw">The store path of the snapshot.</param>
/// <param name="Derivation">The model's .drv if sync has to build it, else <see langword="null"/>.</param>
/// <param name="Source">The source of the snapshot for a fetch outside the sandbox, or <see langword="null"/>.</param>
/// <param name="Locked">The same of a locked model, or <see langword="null"/>.</param>
public sealed record SyncModel(
    string Name,
    CachedRevision? Cached,
    string Out,
    string? Report,
    string Raw,
    string? Derivation,
    ModelSource? Source,
    LockedSource? Locked
)
{
    /// <summary>Where the view has the list of a cached model's files.</summary>
    internal string TreeFile =>
        SnapshotTree.PathIn($"{Out}/hub/{Cached!.Repository.CacheName}", Cached.Commit.ToString());

    /// <summary>The store paths that must exist and are kept from being collected.</summary>
    public IEnumerable<string> Outputs => Report is null ? [Out] : [Out, Report];
}
