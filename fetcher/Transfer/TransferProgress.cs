namespace NixAiModels.Transfer;

/// <summary>The progress of a transfer; the transfer updates it, whoever shows it reads it.</summary>
/// <param name="files">How many files there are.</param>
/// <param name="bytes">Their total size in bytes.</param>
public sealed class TransferProgress(int files, long bytes)
{
    private long _arrived;
    private long _received;
    private int _verified;

    /// <summary>How many files there are.</summary>
    public int Files => files;

    /// <summary>Their total size in bytes.</summary>
    public long Bytes => bytes;

    /// <summary>How many bytes are there, those of an earlier run included.</summary>
    public long Arrived => Interlocked.Read(ref _arrived);

    /// <summary>How many bytes this run received.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>How many files are complete and verified.</summary>
    public int Verified => Volatile.Read(ref _verified);

    /// <summary>Whether it is known what the files must be; else they are complete, and no more.</summary>
    public bool IsVerified { get; init; } = true;

    /// <summary>Told of every verified file: its path and its size in bytes. Calls may overlap.</summary>
    public Action<string, long>? FileDone { get; init; }

    /// <summary>Told, in one line, of every failure that is retried. Calls may overlap.</summary>
    public Action<string>? Warn { get; init; }

    internal void AddArrived(long count) => Interlocked.Add(ref _arrived, count);

    internal void AddReceived(long count) => Interlocked.Add(ref _received, count);

    internal void AddVerified(RemoteContent file)
    {
        Interlocked.Increment(ref _verified);
        FileDone?.Invoke(file.Path, file.Size);
    }
}
