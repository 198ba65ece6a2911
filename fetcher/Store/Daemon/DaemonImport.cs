using System.Buffers.Binary;

namespace NixAiModels.Store.Daemon;

/// <summary>An archive (NAR) on its way into the store, in frames: each has its length before it, and an empty one ends
/// the archive. Unless it is finished, nothing of it stays in the store.</summary>
/// <remarks>The daemon does not wait for the empty frame: it registers the path as soon as the archive is complete. So
/// the last frame is kept back until <see cref="FinishAsync"/>. A flat file cannot be added like this: a daemon takes
/// the end of a connection for the end of the file, and would keep a part of it.</remarks>
public sealed class DaemonImport
{
    private const int FrameSize = 256 << 10,
        HeadSize = sizeof(ulong);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly Stream _output;
    private readonly Task<StorePathInfo> _answer;
    private readonly byte[] _frame = new byte[HeadSize + FrameSize];
    private int _filled;
    private volatile bool _isFinished;

    internal DaemonImport(Stream output, Task<StorePathInfo> answer) => (_output, _answer) = (output, answer);

    /// <summary>Writes the next bytes of the archive; waits while the daemon is busy with those before.</summary>
    /// <param name="bytes">Any number of bytes.</param>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_filled == FrameSize)
                SendFrame();
            var count = Math.Min(bytes.Length, FrameSize - _filled);
            bytes[..count].CopyTo(_frame.AsSpan(HeadSize + _filled));
            _filled += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Ends the archive.</summary>
    /// <param name="cancellation">Ends the wait for the daemon, which may still be writing.</param>
    /// <returns>The store's record of the new path.</returns>
    /// <exception cref="Failure">Exit code 7: the daemon refused or hung up.</exception>
    public Task<StorePathInfo> FinishAsync(CancellationToken cancellation)
    {
        if (_filled > 0)
            SendFrame();
        SendFrame();
        _isFinished = true;
        return _answer.WaitAsync(cancellation);
    }

    /// <summary>Aborts the import, unless it is finished, with a frame of an impossible length. To hang up is not
    /// enough: within its buffer's size (32 MiB) a daemon takes that for the end of the archive, and leaves what it
    /// unpacked.</summary>
    internal async Task AbortAsync()
    {
        if (_isFinished || _answer.IsCompleted)
            return;
        _isFinished = true;
        var impossible = new byte[HeadSize];
        impossible.AsSpan().Fill(byte.MaxValue);
        try
        {
            // On another thread: it may wait for a frame that the daemon never reads.
            await Task.Run(() => _output.Write(impossible)).WaitAsync(AnswerTimeout);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or ObjectDisposedException)
        {
            // The daemon is gone, or about to be.
        }
    }

    private void SendFrame()
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        // An answer before the end can only be an error.
        if (_answer.IsCompleted)
            _answer.GetAwaiter().GetResult();
        BinaryPrimitives.WriteUInt64LittleEndian(_frame, (ulong)_filled);
        try
        {
            _output.Write(_frame, 0, HeadSize + _filled);
            _output.Flush();
        }
        catch (IOException exception)
        {
            // The daemon's answer, if any, has the reason.
            if (((IAsyncResult)_answer).AsyncWaitHandle.WaitOne(AnswerTimeout))
                _answer.GetAwaiter().GetResult();
            throw new Failure(
                ExitCode.LocalIO,
                $"the Nix daemon hung up: {exception.Message}",
                "run the same command again",
                exception
            );
        }

        _filled = 0;
    }
}
