using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Brings a snapshot to this machine the shortest way: not at all if the store has it, else straight into the
/// store, or through a folder where that is not possible or not wanted.</summary>
/// <param name="session">The hub that has the files; disposed with this.</param>
/// <param name="nix">The Nix whose store it goes to.</param>
public sealed class SnapshotDelivery(HubSession session, NixCommand nix) : IDisposable
{
    private const string NothingKept =
        "nothing was kept: with --resumable the next run goes on where an interrupted one ended";

    /// <summary>The hub that snapshots are resolved and downloaded from.</summary>
    public HubClient Hub => session.Client;

    /// <summary>Whether it goes to the store; else only its hash is wanted.</summary>
    public bool ToStore { get; init; }

    /// <summary>Whether an interrupted download must be able to go on: then everything is written to disk
    /// twice.</summary>
    public bool Resumable { get; init; }

    /// <summary>Where to make a link that keeps the store path from being collected, or
    /// <see langword="null"/>.</summary>
    public string? Root { get; init; }

    /// <summary>How many bytes had to be downloaded so far.</summary>
    public long Downloaded { get; private set; }

    /// <summary>Delivers a snapshot.</summary>
    /// <param name="snapshot">Which files.</param>
    /// <param name="name">Its name in the store.</param>
    /// <param name="flat">Whether it is the one file itself.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>The hash, and the store path if it went to the store.</returns>
    /// <exception cref="Failure">Whatever failed for good.</exception>
    public async Task<(NixHash Hash, string? StorePath)> RunAsync(
        Snapshot snapshot,
        string name,
        bool flat,
        CancellationToken cancellation
    )
    {
        if (ToStore)
        {
            await using var import = await SnapshotImport.OpenAsync(cancellation);
            if (
                import is not null
                && await StreamIntoStoreAsync(import, snapshot, name, flat, cancellation) is { } delivered
            )
            {
                // While the import's connection is open: nothing may collect the path in between.
                if (Root is not null)
                    await nix.AddRootAsync(delivered.StorePath, Root, cancellation);
                return delivered;
            }
        }

        return await DownloadThenAddAsync(snapshot, name, flat, cancellation);
    }

    /// <summary>Closes the session.</summary>
    public void Dispose() => session.Dispose();

    private async Task<(NixHash Hash, string StorePath)?> StreamIntoStoreAsync(
        SnapshotImport import,
        Snapshot snapshot,
        string name,
        bool flat,
        CancellationToken cancellation
    )
    {
        if (await import.FindAsync(snapshot, name, flat, cancellation) is { } found)
        {
            Log.Line("the store has it already: nothing is downloaded");
            return found;
        }

        // What an earlier run left is worth more than a copy saved. A file by itself cannot be streamed: see
        // DaemonImport.
        if (flat || Resumable || PartialSnapshot.Exists(Prefetch.Identity(session.Endpoint, snapshot, flat), name))
            return null;
        try
        {
            Log.Line(snapshot.Summary);
            var imported = await import.RunAsync(
                new SnapshotStream(session, ProgressDisplay.TerminalIsLive),
                snapshot,
                name,
                cancellation
            );
            Downloaded += snapshot.Size;
            return imported;
        }
        catch (Exception exception) when (exception is OperationCanceledException or Failure { Code: ExitCode.Network })
        {
            Log.Line(NothingKept);
            throw;
        }
    }

    private Task<(NixHash Hash, string? StorePath)> DownloadThenAddAsync(
        Snapshot snapshot,
        string name,
        bool flat,
        CancellationToken cancellation
    ) =>
        new Prefetch(session).RunAsync(
            snapshot,
            name,
            flat,
            async (tree, hash) =>
            {
                Downloaded += snapshot.Size;
                if (!ToStore)
                    return (hash, (string?)null);
                var storePath = await nix.AddFixedAsync(tree, recursive: !flat, cancellation);
                if (Root is not null)
                    await nix.AddRootAsync(storePath, Root, cancellation);
                KnownHashes.Add(snapshot, flat, hash);
                return (hash, storePath);
            },
            cancellation
        );
}
