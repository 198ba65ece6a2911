using NixAiModels.Hub;

namespace NixAiModels.Sync;

/// <summary>What a model is in a Hugging Face cache.</summary>
/// <param name="Repository">The repository after which its folder is named.</param>
/// <param name="Commit">The commit; derived from the hash where the model is not pinned.</param>
/// <param name="Refs">The branches and tags that lead to the commit.</param>
/// <param name="Partial">Whether it is a selection of the repository's files.</param>
public sealed record CachedRevision(RepositoryId Repository, CommitId Commit, IReadOnlyList<string> Refs, bool Partial)
{
    /// <summary>Whether its definition names the commit.</summary>
    public bool Pinned { get; init; } = true;

    /// <summary>Whether two are of one commit.</summary>
    internal bool IsSameCommit(CachedRevision other) => (Repository, Commit) == (other.Repository, other.Commit);
}
