using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Downloads a snapshot outside of a build, so that it can be interrupted, and adds it to the store where the
/// build will look for it.</summary>
/// <param name="session">The hub that has the files.</param>
public sealed class Prefetch(HubSession session)
{
    /// <summary>Where downloads are kept until they are complete; <see langword="null"/> for the user's
    /// cache.</summary>
    public string? Folder { get; init; }

    /// <summary>Downloads; what an earlier run left is used.</summary>
    /// <param name="snapshot">Which files.</param>
    /// <param name="name">The name in the store.</param>
    /// <param name="flat">Whether the one file is the store path, not a folder with it.</param>
    /// <param name="use">Told of the folder or file, whose own name is <paramref name="name"/>, and of its hash; what
    /// it returns is returned. Afterwards the download is removed.</param>
    /// <param name="cancellation">Ends the download; what has arrived is kept.</param>
    /// <exception cref="Failure">Whatever failed for good; what has arrived is kept.</exception>
    public async Task<T> RunAsync<T>(
        Snapshot snapshot,
        string name,
        bool flat,
        Func<string, NixHash, Task<T>> use,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(use);
        Log.Line(snapshot.Summary);
        using var partial = await PartialSnapshot.OpenAsync(
            Identity(session.Endpoint, snapshot, flat),
            name,
            Folder,
            cancellation
        );
        var download = new SnapshotDownload(session, ProgressDisplay.TerminalIsLive);
        NixHash hash;
        try
        {
            hash = flat
                ? await download.RunFlatAsync(snapshot, partial.Tree, partial.Journals, cancellation)
                : (await download.RunAsync(snapshot, partial.Tree, partial.Journals, hashed: true, cancellation))!;
        }
        catch (OperationCanceledException)
        {
            Log.Line("what has arrived is kept: run the same command again and it goes on from there");
            throw;
        }

        var result = await use(partial.Tree, hash);
        partial.Delete();
        return result;
    }

    /// <summary>What is downloaded, as the name of a partial download: equal for equal files only.</summary>
    internal static string Identity(HubEndpoint endpoint, Snapshot snapshot, bool flat) =>
        $"{endpoint} {snapshot.Repository.Type} {snapshot.Repository} {snapshot.Commit} {flat}";
}
