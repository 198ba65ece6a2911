using NixAiModels.Hub;
using NixAiModels.Terminal;
using NixAiModels.Transfer;
using NixAiModels.Xet;

namespace NixAiModels.Snapshots;

/// <summary>The selected files of a repository at a commit.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Files">The files, in the order in which a NAR has them.</param>
public sealed record Snapshot(RepositoryId Repository, CommitId Commit, IReadOnlyList<HubFile> Files)
{
    private static readonly Dictionary<string, IReadOnlyList<OlderVersion>> None = [];

    /// <summary>Older versions of files on this machine, by the file's path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<OlderVersion>> Older { get; init; } = None;

    /// <summary>How many bytes the files have together.</summary>
    public long Size => Files.Sum(file => file.Size);

    /// <summary>What it is, in one line of the log.</summary>
    public string Summary => $"{Repository} at {Commit}: {Amounts.Count(Files.Count, "file")}, {Amounts.Size(Size)}";

    /// <summary>Asks the hub which files a revision has, checks the listing and selects.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A branch, a tag or a commit.</param>
    /// <param name="selection">Which files.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <exception cref="Failure">Exit code 3: not there, or a pattern matches nothing; 6: the listing is
    /// hostile.</exception>
    public static async Task<Snapshot> ResolveAsync(
        HubClient hub,
        RepositoryId repository,
        string revision,
        Selection selection,
        CancellationToken cancellation
    )
    {
        using var step = Heartbeat.Step($"waiting for the hub to list {repository}");
        // A commit too: the listing is compared with the files that the revision names.
        var resolved = await FindAsync(hub, repository, revision, cancellation);
        return await SelectAsync(hub, resolved, selection, cancellation);
    }

    /// <summary>Resolves a revision, and tells where the repository has another type than it was asked for
    /// with.</summary>
    internal static async Task<Revision> FindAsync(
        HubClient hub,
        RepositoryId repository,
        string revision,
        CancellationToken cancellation
    )
    {
        var resolved = await hub.ResolveRevisionAsync(repository, revision, cancellation);
        if (resolved.Repository.Type != repository.Type)
            Log.Line($"{repository} is a {resolved.Repository.TypeWord}: {resolved.Repository.Address}");
        return resolved;
    }

    /// <summary>Selects from the files of a resolved revision; see <see cref="ResolveAsync"/>.</summary>
    internal static async Task<Snapshot> SelectAsync(
        HubClient hub,
        Revision revision,
        Selection selection,
        CancellationToken cancellation
    )
    {
        var listing = await hub.ListFilesAsync(revision, cancellation);
        ListingCheck.Check(listing);
        if (selection is { IsWhole: true, RequiresChoice: true })
            GgufChoice.Require(revision.Repository, listing);
        var selected = selection.Apply(listing, revision.Repository.ToString());
        foreach (var warning in selected.Warnings)
            Log.Warning(warning);
        if (selection is { Quant: not null, Mmproj: null })
        {
            foreach (var projector in GgufChoice.Projectors(listing))
                Log.Line($"apart: {Printable.Escape(projector.Files[0].Path)}; --mmproj takes it too");
        }

        return new Snapshot(revision.Repository, revision.Commit, selected.Files);
    }

    /// <summary>One of the files as the transfer takes it.</summary>
    /// <param name="transport">Opens the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="sink">Where its bytes go.</param>
    internal RemoteContent Content(XetTransport transport, HubFile file, IContentSink sink) =>
        new(
            transport.Open(Repository, Commit, file, Older.GetValueOrDefault(file.Path) ?? []),
            file.Path,
            file.Size,
            file.Digest,
            sink
        );
}
