using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>The files that would be downloaded, and who may download them.</summary>
/// <param name="Snapshot">The files.</param>
/// <param name="IsGated">Whether a licence must be accepted first.</param>
/// <param name="IsPrivate">Whether only some accounts see the repository.</param>
public sealed record Listing(Snapshot Snapshot, bool IsGated, bool IsPrivate)
{
    /// <summary>Resolves a revision and selects from its files; nothing is downloaded.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A branch, a tag or a commit.</param>
    /// <param name="selection">Which files.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <exception cref="Failure">As <see cref="Snapshot.ResolveAsync"/>.</exception>
    public static async Task<Listing> ResolveAsync(
        HubClient hub,
        RepositoryId repository,
        string revision,
        Selection selection,
        CancellationToken cancellation
    )
    {
        using var step = Heartbeat.Step($"waiting for the hub to list {repository}");
        var resolved = await Snapshot.FindAsync(hub, repository, revision, cancellation);
        var snapshot = await Snapshot.SelectAsync(hub, resolved, selection, cancellation);
        return new Listing(snapshot, resolved.IsGated, resolved.IsPrivate);
    }
}
