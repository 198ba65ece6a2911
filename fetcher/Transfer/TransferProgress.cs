namespace NixAiModels.Transfer;

/// <summary>How far a transfer is; written by the transfer, read by whoever shows it.</summary>
/// <param name="files">How many files there are.</param>
/// <param name="bytes">How many bytes they have together.</param>
public sealed class TransferProgress(int files, long bytes)
{
    private long _arrived;
    private long _received;
    private int _verified;

    /// <summary>How many files there are.</summary>
    public int Files => files;

    /// <summary>How many bytes they have together.</summary>
    public long Bytes => bytes;

    /// <summary>How many bytes are on disk, those of an earlier run included.</summary>
    public long Arrived => Interlocked.Read(ref _arrived);

    /// <summary>How many bytes this run received.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>How many files are complete and verified.</summary>
    public int Verified => Volatile.Read(ref _verified);

    /// <summary>Told of every file that is complete and verified: its path and its size in bytes. Calls may
    /// overlap.</summary>
    public Action<string, long>? FileDone { get; init; }

    /// <summary>Told in one sentence of what went wrong and is being tried again. Calls may overlap.</summary>
    public Action<string>? Warn { get; init; }

    internal void AddArrived(long count) => Interlocked.Add(ref _arrived, count);

    internal void AddReceived(long count) => Interlocked.Add(ref _received, count);

    internal void AddVerified(RemoteContent file)
    {
        Interlocked.Increment(ref _verified);
        FileDone?.Invoke(file.Path, file.Size);
    }
}
