using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Store.Daemon;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>Brings a snapshot into the store through the daemon, without a copy on the way. What it brought cannot be
/// collected as garbage until it is disposed.</summary>
public sealed class SnapshotImport : IAsyncDisposable
{
    private readonly DaemonAddress _address;
    private DaemonConnection _connection;

    private SnapshotImport(DaemonAddress address, DaemonConnection connection) =>
        (_address, _connection) = (address, connection);

    /// <summary>Connects to the daemon, if there is one that can take a stream.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns><see langword="null"/> if there is none; why, has been said.</returns>
    public static async Task<SnapshotImport?> OpenAsync(CancellationToken cancellation)
    {
        if (DaemonAddress.Find(Environment.GetEnvironmentVariable) is not { } address)
            return null;
        try
        {
            return new SnapshotImport(address, await DaemonConnection.OpenAsync(address, cancellation));
        }
        catch (Failure failure)
        {
            Log.Line($"not straight into the store: {failure.Message}");
            return null;
        }
    }

    /// <summary>Finds a snapshot that the store has already.</summary>
    /// <param name="snapshot">Which files.</param>
    /// <param name="name">Its name in the store.</param>
    /// <param name="flat">Whether it is the one file itself.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Hash and store path, or <see langword="null"/>.</returns>
    /// <exception cref="Failure">Exit code 7: the daemon refused.</exception>
    public async Task<(NixHash Hash, string StorePath)?> FindAsync(
        Snapshot snapshot,
        string name,
        bool flat,
        CancellationToken cancellation
    )
    {
        if (KnownHashes.Find(snapshot, flat) is not { } hash)
            return null;
        var path = StorePath.OfFixedOutput(
            name,
            hash,
            recursive: !flat,
            StoreFolder.Name(Environment.GetEnvironmentVariable)
        );
        await _connection.AddTempRootAsync(path, cancellation);
        return await _connection.IsValidPathAsync(path, cancellation) ? (hash, path) : null;
    }

    /// <summary>Streams a snapshot into the store. Where a file turns out to be wrong after a part of it has been sent,
    /// the import is broken off, nothing of it stays, and everything is tried once more.</summary>
    /// <param name="stream">What downloads.</param>
    /// <param name="snapshot">Which files.</param>
    /// <param name="name">Its name in the store.</param>
    /// <param name="cancellation">Ends the import; nothing stays in the store.</param>
    /// <returns>Hash and store path.</returns>
    /// <exception cref="Failure">Whatever failed for good.</exception>
    public async Task<(NixHash Hash, string StorePath)> RunAsync(
        SnapshotStream stream,
        Snapshot snapshot,
        string name,
        CancellationToken cancellation
    )
    {
        if (StoreFolder.Find(Environment.GetEnvironmentVariable) is { } folder)
            FreeSpace.Require(folder, snapshot.Size);
        try
        {
            return await TryAsync(stream, snapshot, name, cancellation);
        }
        catch (ContentMismatch mismatch)
        {
            Log.Line($"{mismatch.Message}; nothing was added to the store, trying once more from the start");
            await _connection.DisposeAsync();
            _connection = await DaemonConnection.OpenAsync(_address, cancellation);
            return await TryAsync(stream, snapshot, name, cancellation);
        }
    }

    /// <summary>Hangs up.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<(NixHash Hash, string StorePath)> TryAsync(
        SnapshotStream stream,
        Snapshot snapshot,
        string name,
        CancellationToken cancellation
    )
    {
        var import = await _connection.BeginAddAsync(name, cancellation);
        var hash = await stream.RunAsync(snapshot, import.Write, cancellation);
        var added = await import.FinishAsync(cancellation);
        var expected = StorePath.OfFixedOutput(name, hash, recursive: true, Path.GetDirectoryName(added.Path)!);
        if (added.Path != expected)
        {
            throw new Failure(
                ExitCode.Integrity,
                $"what arrived in the store is not what was sent: {added.Path}, not {expected}",
                "nix-store --verify-path " + added.Path
            );
        }

        KnownHashes.Add(snapshot, flat: false, hash);
        return (hash, added.Path);
    }
}
