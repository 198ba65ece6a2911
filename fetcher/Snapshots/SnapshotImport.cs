using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Store.Daemon;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>Adds a snapshot to the store through the daemon, without a copy on disk. Until this is disposed, garbage
/// collection leaves what it added.</summary>
public sealed class SnapshotImport : IAsyncDisposable
{
    private readonly DaemonAddress _address;
    private DaemonConnection _connection;
    private DaemonImport? _import;

    private SnapshotImport(DaemonAddress address, DaemonConnection connection) =>
        (_address, _connection) = (address, connection);

    /// <summary>Connects to the daemon, if there is one that accepts a stream.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns><see langword="null"/> if there is none; the log has the reason.</returns>
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

    /// <summary>Finds a snapshot that the store already has.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="output">What they are in the store.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Hash and store path, or <see langword="null"/>.</returns>
    /// <exception cref="Failure">Exit code 7: the daemon refused.</exception>
    public async Task<(NixHash Hash, string StorePath)?> FindAsync(
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        if (KnownHashes.Find(snapshot, output) is not { } hash)
            return null;
        var path = output.PathFor(hash, StoreFolder.Name(Environment.GetEnvironmentVariable));
        await _connection.AddTempRootAsync(path, cancellation);
        return await _connection.IsValidPathAsync(path, cancellation) ? (hash, path) : null;
    }

    /// <summary>Streams a snapshot into the store. If a file fails its verification after part of it has been sent, the
    /// import is aborted, the daemon discards it, and the whole is tried once more.</summary>
    /// <param name="stream">The download.</param>
    /// <param name="snapshot">The files.</param>
    /// <param name="output">What they are in the store; not a flat output.</param>
    /// <param name="cancellation">Aborts the import; nothing stays in the store.</param>
    /// <returns>Hash and store path.</returns>
    /// <exception cref="Failure">The download failed, or the daemon refused it.</exception>
    public async Task<(NixHash Hash, string StorePath)> RunAsync(
        SnapshotStream stream,
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        try
        {
            return await TryAsync(stream, snapshot, output, cancellation);
        }
        catch (ContentMismatch mismatch)
        {
            Log.Line($"{mismatch.Message}; nothing was added to the store; trying once more from the start");
            return await TryAsync(stream, snapshot, output, cancellation);
        }
    }

    /// <summary>Closes the connection to the daemon.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Begins to add a snapshot; what an earlier call began is aborted, and the daemon discards it.</summary>
    /// <param name="output">What the files are in the store; not a flat output.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Receives the archive.</returns>
    internal async Task<NarSink> BeginAsync(FixedOutput output, CancellationToken cancellation)
    {
        if (_import is not null)
        {
            await _connection.DisposeAsync();
            _connection = await DaemonConnection.OpenAsync(_address, cancellation);
        }

        _import = await _connection.BeginAddAsync(output.Name, cancellation);
        return _import.Write;
    }

    /// <summary>Ends what <see cref="BeginAsync"/> began.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="output">What they are in the store.</param>
    /// <param name="hash">The hash of the archive that was written.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The store path.</returns>
    internal async Task<string> FinishAsync(
        Snapshot snapshot,
        FixedOutput output,
        VerifiedHash hash,
        CancellationToken cancellation
    )
    {
        var added = await _import!.FinishAsync(cancellation);
        _import = null;
        Accept(snapshot, output, hash, added.Path);
        return added.Path;
    }

    /// <summary>Checks that the store has what was verified, and remembers its hash.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="output">What they are in the store.</param>
    /// <param name="hash">Their hash.</param>
    /// <param name="path">The store path that they were added as.</param>
    /// <exception cref="Failure">It is another path (exit code 6).</exception>
    internal static void Accept(Snapshot snapshot, FixedOutput output, VerifiedHash hash, string path)
    {
        var expected = output.PathFor(hash.Value, Path.GetDirectoryName(path)!);
        if (path != expected)
        {
            throw new Failure(
                ExitCode.Integrity,
                $"what arrived in the store is not what was verified: {path}, not {expected}",
                "nix-store --verify-path " + path
            );
        }

        if (output.ExpectedHash is null)
            KnownHashes.Add(snapshot, output, hash.Value);
    }

    private async Task<(NixHash Hash, string StorePath)> TryAsync(
        SnapshotStream stream,
        Snapshot snapshot,
        FixedOutput output,
        CancellationToken cancellation
    )
    {
        var hash = await stream.RunAsync(snapshot, await BeginAsync(output, cancellation), cancellation);
        return (hash.Value, await FinishAsync(snapshot, output, hash, cancellation));
    }
}
