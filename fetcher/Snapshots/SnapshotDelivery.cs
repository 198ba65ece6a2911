using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Downloads snapshots and adds them to the store, outside of a build. A snapshot that the store has is not
/// downloaded. Files are kept in a folder until the store has them, so that an interrupted download can be resumed;
/// where there is no space for two copies, or on demand, they are streamed into the store.</summary>
/// <param name="session">The hub that has the files; disposed with this.</param>
/// <param name="nix">The Nix whose store it goes to.</param>
public sealed class SnapshotDelivery(HubSession session, NixCommand nix) : IDisposable
{
    private readonly OlderFiles _older = new(session.Client);

    /// <summary>The hub that snapshots are resolved and downloaded from.</summary>
    public HubClient Hub => session.Client;

    /// <summary>Whether snapshots are added to the store; else only their hashes are computed.</summary>
    public bool ToStore { get; init; }

    /// <summary>Whether the daemon of this process's environment may be used; else only the <c>nix-store</c>
    /// command.</summary>
    public bool ViaDaemon { get; init; } = true;

    /// <summary>Whether to stream into the store where that is possible: nothing is written twice, and an interrupted
    /// download starts over.</summary>
    public bool Stream { get; init; }

    /// <summary>The folder for partial downloads; <see langword="null"/> for one in the user's cache.</summary>
    public string? PartialFolder { get; init; }

    /// <summary>Where to make a link that protects the store path from garbage collection, or
    /// <see langword="null"/>.</summary>
    public string? Root { get; init; }

    /// <summary>Files of this machine that are taken in place of a download, or <see langword="null"/>.</summary>
    public LocalFiles? Local { get; init; }

    /// <summary>How many bytes were downloaded so far.</summary>
    public long Downloaded { get; private set; }

    /// <summary>How many bytes were taken from <see cref="Local"/> files so far.</summary>
    public long Taken { get; private set; }

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
        await using var import = ToStore && ViaDaemon ? await SnapshotImport.OpenAsync(cancellation) : null;
        var delivered = await DeliverAsync(import, snapshot, output, cancellation);
        // While the import's connection is open: nothing may collect the path in between.
        if (Root is not null && delivered.StorePath is { } path)
            await nix.AddRootAsync(path, Root, cancellation);
        return delivered;
    }

    /// <summary>Closes the session.</summary>
    public void Dispose() => session.Dispose();

    private async Task<(NixHash Hash, string? StorePath)> DeliverAsync(
        SnapshotImport? import,
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        if (import is not null && await import.FindAsync(snapshot, output, cancellation) is { } found)
        {
            Log.Line("already in the store; nothing to download");
            return found;
        }

        Log.Line(snapshot.Summary);
        if (session.Transport.UsesOlderVersions)
            snapshot = snapshot with { Older = await _older.FindAsync(snapshot, Local, cancellation) };
        // A single file cannot be streamed: see DaemonImport.
        return import is not null && !output.IsFlat && MustStream(snapshot, output)
            ? await StreamAsync(import, snapshot, output, cancellation)
            : await DownloadAsync(output.IsFlat ? null : import, snapshot, output, cancellation);
    }

    /// <summary>Whether the files go straight into the store: because the user wants it, or because there is no space
    /// for a second copy of them.</summary>
    private bool MustStream(Snapshot snapshot, FixedOutput output)
    {
        var store = StoreFolder.Find(Environment.GetEnvironmentVariable);
        if (!Stream)
        {
            var folder = PartialSnapshot.PathOf(session.Endpoint, snapshot, output, PartialFolder);
            var missing = SnapshotDownload.Missing(
                snapshot,
                Path.Combine(PartialSnapshot.TreesOf(folder), output.Name)
            );
            var shortage = store is null ? null : FreeSpace.FindShortage((folder, missing), (store, snapshot.Size));
            if (shortage is not { } disk)
                return false;
            Log.Warning(
                $"{disk.Folder} needs {Amounts.Size(disk.Needed)} and has {Amounts.Size(disk.Free)}: "
                    + "streaming into the store without a second copy; an interrupted download starts over"
            );
        }

        if (store is not null)
            FreeSpace.Require((store, snapshot.Size));
        return true;
    }

    private async Task<(NixHash Hash, string? StorePath)> StreamAsync(
        SnapshotImport import,
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        var stream = new SnapshotStream(session, ProgressDisplay.TerminalIsLive) { Local = Local };
        try
        {
            var imported = await import.RunAsync(stream, snapshot, output, cancellation);
            Count(snapshot, stream.Taken, stream.TakenFrom);
            RequireExpected(output, imported.Hash);
            return imported;
        }
        catch (Exception exception) when (exception is OperationCanceledException or Failure { Code: ExitCode.Network })
        {
            Log.Line("nothing was kept; without --stream, an interrupted download can be resumed");
            throw;
        }
    }

    private async Task<(NixHash Hash, string? StorePath)> DownloadAsync(
        SnapshotImport? import,
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        using var partial = await PartialSnapshot.OpenAsync(
            session.Endpoint,
            snapshot,
            output,
            PartialFolder,
            cancellation
        );
        // Whoever held the folder may have been downloading the same.
        if (import is not null && await import.FindAsync(snapshot, output, cancellation) is { } found)
        {
            partial.Delete();
            return found;
        }

        Log.Line($"kept until it is complete in {partial.Folder}");
        var hash = await HashAsync(import, snapshot, output, partial, cancellation);
        if (output.ExpectedHash is { } expected && hash.Value != expected)
        {
            partial.Delete();
            throw new HashMismatch(output, hash.Value);
        }

        string? storePath = null;
        if (import is not null)
            storePath = await import.FinishAsync(snapshot, output, hash, cancellation);
        else if (ToStore)
            storePath = await AddAsync(snapshot, output, partial, hash, cancellation);
        partial.Delete();
        return (hash.Value, storePath);
    }

    private async Task<VerifiedHash> HashAsync(
        SnapshotImport? import,
        Snapshot snapshot,
        FixedOutput output,
        PartialSnapshot partial,
        CancellationToken cancellation
    )
    {
        var download = new SnapshotDownload(session, ProgressDisplay.TerminalIsLive) { Local = Local };
        try
        {
            var hash = output.IsFlat
                ? await download.HashFlatAsync(snapshot, partial.Tree, partial.Journals, cancellation)
                : await download.HashAsync(
                    snapshot,
                    partial.Tree,
                    partial.Journals,
                    import is null ? null : _ => import.BeginAsync(output, cancellation),
                    cancellation
                );
            Count(snapshot, download.Taken, download.TakenFrom);
            return hash;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new InterruptedDownload(download.Arrived, snapshot.Size, partial.Folder);
        }
        catch (Failure failure) when (failure.Code is ExitCode.Network && download.Arrived > 0)
        {
            Log.Line(
                $"kept {Amounts.Size(download.Arrived)} of {Amounts.Size(snapshot.Size)} in {partial.Folder}; "
                    + "the same command resumes"
            );
            throw;
        }
    }

    private void Count(Snapshot snapshot, long taken, IEnumerable<string> from)
    {
        var downloaded = snapshot.Size - taken;
        Downloaded += downloaded;
        Taken += taken;
        if (taken > 0)
        {
            var rest = downloaded == 0 ? "0" : Amounts.Size(downloaded);
            Log.Line($"{Amounts.Size(taken)} taken from {string.Join(" and ", from)}, {rest} downloaded");
        }
    }

    private async Task<string> AddAsync(
        Snapshot snapshot,
        FixedOutput output,
        PartialSnapshot partial,
        VerifiedHash hash,
        CancellationToken cancellation
    )
    {
        if (StoreFolder.Find(Environment.GetEnvironmentVariable) is { } store)
            FreeSpace.Require((store, snapshot.Size));
        var storePath = await nix.AddFixedAsync(partial.Tree, output, cancellation);
        SnapshotImport.Accept(snapshot, output, hash, storePath);
        return storePath;
    }

    private static void RequireExpected(FixedOutput output, NixHash hash)
    {
        if (output.ExpectedHash is { } expected && hash != expected)
            throw new HashMismatch(output, hash);
    }
}
