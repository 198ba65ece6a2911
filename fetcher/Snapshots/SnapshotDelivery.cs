using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Downloads snapshots and adds them to the store, outside of a build. A snapshot that the store has is not
/// downloaded; another one is streamed into the store, or goes through a folder where that is not possible or an
/// interrupted download should be resumable.</summary>
/// <param name="session">The hub that has the files; disposed with this.</param>
/// <param name="nix">The Nix whose store it goes to.</param>
public sealed class SnapshotDelivery(HubSession session, NixCommand nix) : IDisposable
{
    /// <summary>The hub that snapshots are resolved and downloaded from.</summary>
    public HubClient Hub => session.Client;

    /// <summary>Whether snapshots are added to the store; else only their hashes are computed.</summary>
    public bool ToStore { get; init; }

    /// <summary>Whether an interrupted download can be resumed; everything is then written to disk twice.</summary>
    public bool Resumable { get; init; }

    /// <summary>The folder for partial downloads; <see langword="null"/> for one in the user's cache.</summary>
    public string? PartialFolder { get; init; }

    /// <summary>Where to make a link that protects the store path from garbage collection, or
    /// <see langword="null"/>.</summary>
    public string? Root { get; init; }

    /// <summary>How many bytes were downloaded so far.</summary>
    public long Downloaded { get; private set; }

    /// <summary>Delivers a snapshot.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="output">What they are in the store.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>The hash, and the store path if it was added to the store.</returns>
    /// <exception cref="HashMismatch">The files do not have the hash that the output expects.</exception>
    /// <exception cref="Failure">The download failed, or Nix refused the files.</exception>
    public async Task<(NixHash Hash, string? StorePath)> RunAsync(
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(output);
        if (ToStore)
        {
            await using var import = await SnapshotImport.OpenAsync(cancellation);
            if (
                import is not null
                && await StreamIntoStoreAsync(import, snapshot, output, cancellation) is { } delivered
            )
            {
                // While the import's connection is open: nothing may collect the path in between.
                if (Root is not null)
                    await nix.AddRootAsync(delivered.StorePath, Root, cancellation);
                return delivered;
            }
        }

        return await DownloadThenAddAsync(snapshot, output, cancellation);
    }

    /// <summary>Closes the session.</summary>
    public void Dispose() => session.Dispose();

    private async Task<(NixHash Hash, string StorePath)?> StreamIntoStoreAsync(
        SnapshotImport import,
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        if (await import.FindAsync(snapshot, output, cancellation) is { } found)
        {
            Log.Line("already in the store; nothing to download");
            return found;
        }

        // A partial download saves more than a copy costs. A single file cannot be streamed: see DaemonImport.
        if (output.IsFlat || Resumable || PartialSnapshot.Exists(session.Endpoint, snapshot, output, PartialFolder))
        {
            return null;
        }

        try
        {
            Log.Line(snapshot.Summary);
            var imported = await import.RunAsync(
                new SnapshotStream(session, ProgressDisplay.TerminalIsLive),
                snapshot,
                output,
                cancellation
            );
            Downloaded += snapshot.Size;
            RequireExpected(output, imported.Hash);
            return imported;
        }
        catch (Exception exception) when (exception is OperationCanceledException or Failure { Code: ExitCode.Network })
        {
            Log.Line("nothing was kept; with --resumable, an interrupted download can be resumed");
            throw;
        }
    }

    private async Task<(NixHash Hash, string? StorePath)> DownloadThenAddAsync(
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        Log.Line(snapshot.Summary);
        using var partial = await PartialSnapshot.OpenAsync(
            session.Endpoint,
            snapshot,
            output,
            PartialFolder,
            cancellation
        );
        var hash = await DownloadAsync(snapshot, output, partial, cancellation);
        Downloaded += snapshot.Size;
        RequireExpected(output, hash);
        string? storePath = null;
        if (ToStore)
        {
            storePath = await nix.AddFixedAsync(partial.Tree, output, cancellation);
            if (Root is not null)
                await nix.AddRootAsync(storePath, Root, cancellation);
            if (output.ExpectedHash is null)
                KnownHashes.Add(snapshot, output, hash);
        }

        partial.Delete();
        return (hash, storePath);
    }

    private async Task<NixHash> DownloadAsync(
        Snapshot snapshot,
        FixedOutput output,
        PartialSnapshot partial,
        CancellationToken cancellation
    )
    {
        var download = new SnapshotDownload(session, ProgressDisplay.TerminalIsLive);
        try
        {
            return output.IsFlat
                ? await download.RunFlatAsync(snapshot, partial.Tree, partial.Journals, cancellation)
                : (await download.RunAsync(snapshot, partial.Tree, partial.Journals, hashed: true, cancellation))!;
        }
        catch (OperationCanceledException)
        {
            Log.Line("run the same command to resume; the partial download was kept");
            throw;
        }
    }

    private static void RequireExpected(FixedOutput output, NixHash hash)
    {
        if (output.ExpectedHash is { } expected && hash != expected)
            throw new HashMismatch(output, hash);
    }
}
