using NixAiModels.Hub;
using NixAiModels.Snapshots;

namespace NixAiModels.Locking;

/// <summary>What a new entry of a lock file is to pin.</summary>
/// <param name="Repository">The repository, as it was asked for.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
/// <param name="Selection">The files.</param>
/// <param name="Endpoint">The hub, if not the default; see <see cref="HubEndpoint.Choose"/>.</param>
internal sealed record PinRequest(RepositoryId Repository, string Revision, Selection Selection, string? Endpoint)
{
    /// <summary>The branch or tag that the commit was taken from, where the revision is a commit.</summary>
    public string? Ref { get; init; }

    /// <summary>The entry of a snapshot, without its files yet.</summary>
    internal RepositoryEntry EntryOf(Snapshot snapshot) =>
        new()
        {
            Repository = snapshot.Repository,
            Commit = snapshot.Commit,
            Ref = CommitId.TryParse(Revision) is null ? Revision : Ref,
            Selection = Selection,
            Endpoint = Endpoint,
        };
}
