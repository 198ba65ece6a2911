namespace NixAiModels.Transfer;

/// <summary>A file that is being assembled from ranges. Thread-safe.</summary>
/// <remarks>Ranges arrive in any order; whoever reads the file reads as far as it is contiguous,
/// <see cref="AvailableAsync"/>. Bytes that have arrived never change: others belong to the next generation, which
/// begins when the whole file was read and its digest was wrong.</remarks>
public sealed class FileDownload : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TransferProgress _progress;
    private readonly TaskCompletionSource<VerifiedFile> _verified = NewSignal<VerifiedFile>();
    private ByteRangeSet _arrived = new();
    private TaskCompletionSource<bool> _changed = NewSignal<bool>();
    private int _restarts;

    internal FileDownload(RemoteContent content, int order, TransferProgress progress)
    {
        Content = content;
        _restarts = content.Restarts;
        Order = order;
        _progress = progress;
    }

    /// <summary>What is being transferred.</summary>
    public RemoteContent Content { get; }

    /// <summary>Completes when the file is verified.</summary>
    public Task<VerifiedFile> Verified => _verified.Task;

    /// <summary>The file's place in the queue.</summary>
    internal int Order { get; }

    /// <summary>Whether the file is verified from the bytes in hand, before anybody reads it.</summary>
    internal bool IsVerifiedInHand { get; set; }

    /// <summary>How many times the file was restarted because its bytes were wrong.</summary>
    internal int Generation { get; private set; }

    /// <summary>Whether wrong bytes can be replaced: nobody has read them, or the sink still has them all.</summary>
    internal bool CanRestart => _restarts > 0 && Content.Size > 0 && (IsVerifiedInHand || Content.Sink.KeepsAll);

    /// <summary>Lets one request for the whole file run at a time, where the server does not serve ranges.</summary>
    internal SemaphoreSlim WholeFileGate { get; } = new(1);

    /// <summary>How many requests in a row for a range of this file were answered with the whole file.</summary>
    internal int IgnoredRanges;

    /// <summary>Resumes from what an earlier run left: recorded ranges, or a file of the right size that may be
    /// complete.</summary>
    internal void Resume()
    {
        _arrived = Content.Sink.Resume();
        if (_arrived.Total == 0)
            return;
        _restarts++;
        _progress.AddArrived(_arrived.Total);
    }

    /// <summary>The ranges that have not arrived, in order.</summary>
    internal IReadOnlyList<ByteRange> Missing()
    {
        lock (_gate)
            return [.. _arrived.Missing(new ByteRange(0, Content.Size))];
    }

    internal bool Has(ByteRange range)
    {
        lock (_gate)
            return _arrived.Contains(range);
    }

    /// <summary>The length of the contiguous beginning that has arrived.</summary>
    internal long Prefix
    {
        get
        {
            lock (_gate)
                return _arrived.Prefix;
        }
    }

    /// <summary>Writes the bytes that have not arrived before. One caller at a time: the kernel would spin on the
    /// file's lock.</summary>
    /// <returns>Whether the bytes are of the current generation; others are dropped.</returns>
    internal async ValueTask<bool> WriteAsync(
        ReadOnlyMemory<byte> bytes,
        long offset,
        int generation,
        CancellationToken cancellation
    )
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            ByteRange[] missing;
            lock (_gate)
            {
                if (generation != Generation || Verified.IsCompleted)
                    return false;
                missing = [.. _arrived.Missing(new ByteRange(offset, bytes.Length))];
            }

            foreach (var range in missing)
                Content.Sink.Write(bytes.Span.Slice((int)(range.Offset - offset), (int)range.Length), range.Offset);
            lock (_gate)
            {
                foreach (var range in missing)
                    _progress.AddArrived(_arrived.Add(range));
                SignalChange();
            }

            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Records bytes that have arrived, for a later run. Called once a range, not once a write.</summary>
    internal void Record(ByteRange range, int generation)
    {
        if (range.Length == 0)
            return;
        lock (_gate)
        {
            if (generation == Generation)
                Content.Sink.Record(range);
        }
    }

    /// <summary>Waits until the file's contiguous beginning is longer than a position.</summary>
    /// <param name="position">How many bytes the caller has read.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many bytes from the start can be read: more than <paramref name="position"/>, except at the end of
    /// the file.</returns>
    internal async ValueTask<long> AvailableAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_arrived.Prefix > position || position >= Content.Size)
                    return _arrived.Prefix;
                wait = _changed.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    /// <summary>Drops all bytes, because they are wrong: the next generation begins.</summary>
    internal async Task RestartAsync()
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            lock (_gate)
            {
                _restarts--;
                Generation++;
                _progress.AddArrived(-_arrived.Total);
                _arrived.Clear();
                Content.Sink.Restart();
                SignalChange();
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the download of a file whose bytes were verified.</summary>
    internal VerifiedFile Finish()
    {
        Content.Sink.Finish();
        var proof = new VerifiedFile(Content);
        lock (_gate)
        {
            _verified.SetResult(proof);
            SignalChange();
        }

        _progress.AddVerified(Content);
        return proof;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Content.Sink.Dispose();
        WholeFileGate.Dispose();
    }

    private void SignalChange()
    {
        var signalled = _changed;
        _changed = NewSignal<bool>();
        signalled.SetResult(true);
    }

    private static TaskCompletionSource<T> NewSignal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
