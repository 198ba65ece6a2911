using NixAiModels.Cache;
using NixAiModels.Hub;

namespace NixAiModels.Sync;

/// <summary>A configured model, as the modules describe it to <c>nix-ai-models sync</c>.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Repository">The repository after which its folder in the cache is named.</param>
/// <param name="Commit">The commit; derived from the hash where the model is not pinned.</param>
/// <param name="Refs">The branches and tags that lead to the commit.</param>
/// <param name="Partial">Whether it is a selection of the repository's files.</param>
/// <param name="Out">The store path of the view.</param>
/// <param name="Report">The store path of the report, or <see langword="null"/>.</param>
/// <param name="Raw">The store path of the snapshot.</param>
/// <param name="Derivation">The model's .drv if sync has to build it, else <see langword="null"/>.</param>
/// <param name="Source">The source of the snapshot for a fetch outside the sandbox, or <see langword="null"/>.</param>
/// <param name="Locked">The same of a locked model, or <see langword="null"/>.</param>
public sealed record SyncModel(
    string Name,
    RepositoryId Repository,
    CommitId Commit,
    IReadOnlyList<string> Refs,
    bool Partial,
    string Out,
    string? Report,
    string Raw,
    string? Derivation,
    ModelSource? Source,
    LockedSource? Locked
)
{
    /// <summary>Where the view has the list of its files.</summary>
    internal string TreeFile => SnapshotTree.PathIn($"{Out}/hub/{Repository.CacheName}", Commit.ToString());

    /// <summary>Whether its definition names the commit.</summary>
    public bool Pinned { get; init; } = true;

    /// <summary>The store paths that must exist and are kept from being collected.</summary>
    public IEnumerable<string> Outputs => Report is null ? [Out] : [Out, Report];
}
