using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;

namespace NixAiModels.Locking;

/// <summary>A model of a repository of the Hub.</summary>
public sealed record RepositoryEntry : LockEntry
{
    /// <summary>The repository.</summary>
    public required RepositoryId Repository { get; init; }

    /// <summary>The commit.</summary>
    public required CommitId Commit { get; init; }

    /// <summary>The branch or tag that the commit was resolved from; <see langword="null"/> for a bare
    /// commit.</summary>
    public string? Ref { get; init; }

    /// <summary>The hub, if not huggingface.co.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The selection of files that was pinned.</summary>
    public required Selection Selection { get; init; }

    /// <summary>The files that are pinned one by one, each by its sha256.</summary>
    public IReadOnlyList<LfsFile> Lfs { get; init; } = [];

    /// <summary>The NAR hash of the regular files; <see langword="null"/> exactly where there are none.</summary>
    public NixHash? RegularHash { get; init; }

    /// <summary>The files that are pinned together by <see cref="RegularHash"/>.</summary>
    public IReadOnlyList<RegularFile> Regular { get; init; } = [];

    /// <inheritdoc/>
    public override string Origin => Repository.ToString();

    /// <inheritdoc/>
    public override long? Size =>
        Lfs.Any(file => file.Size is null) ? null : Lfs.Sum(file => file.Size) + Regular.Sum(file => file.Size);

    /// <inheritdoc/>
    public override IReadOnlyList<HubFile> Listing =>
        [
            .. Lfs.Select(file => new HubFile(file.Path, file.Size ?? 0, file.Sha256)),
            .. Regular.Select(file => new HubFile(file.Path, file.Size, file.Oid)),
        ];
}
