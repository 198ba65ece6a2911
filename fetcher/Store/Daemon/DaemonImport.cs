using System.Buffers.Binary;

namespace NixAiModels.Store.Daemon;

/// <summary>A file or folder on its way into the store, as a framed dump: pieces with their length before them, and an empty one at the end.
/// Without that end nothing of it stays in the store.</summary>
public sealed class DaemonImport
{
    private const int FrameSize = 256 << 10, HeadSize = sizeof(ulong);

    private readonly Stream output;
    private readonly Task<StorePathInfo> answer;
    private readonly byte[] frame = new byte[HeadSize + FrameSize];
    private int filled;

    internal DaemonImport(Stream output, Task<StorePathInfo> answer) => (this.output, this.answer) = (output, answer);

    /// <summary>Writes the next bytes; waits while the daemon is busy with those before.</summary>
    /// <param name="bytes">Any number of bytes.</param>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = Math.Min(bytes.Length, FrameSize - filled);
            bytes[..count].CopyTo(frame.AsSpan(HeadSize + filled));
            filled += count;
            bytes = bytes[count..];
            if (filled == FrameSize) SendFrame();
        }
    }

    /// <summary>Says that this was everything.</summary>
    /// <param name="cancellation">Ends the wait for the daemon, which may still have to write and to register.</param>
    /// <returns>What is in the store now.</returns>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public Task<StorePathInfo> Finish(CancellationToken cancellation)
    {
        if (filled > 0) SendFrame();
        SendFrame();
        return answer.WaitAsync(cancellation);
    }

    private void SendFrame()
    {
        // An answer before the end can only be an error.
        if (answer.IsCompleted) answer.GetAwaiter().GetResult();
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)filled);
        try
        {
            output.Write(frame, 0, HeadSize + filled);
            output.Flush();
        }
        catch (IOException exception)
        {
            // Why the daemon hung up is in what it said last, if anywhere.
            if (((IAsyncResult)answer).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(2))) answer.GetAwaiter().GetResult();
            throw new Failure(ExitCode.LocalIO, $"the Nix daemon hung up: {exception.Message}", "run the same command again", exception);
        }

        filled = 0;
    }
}
