namespace NixAiModels.Transfer;

/// <summary>A file that is being assembled from ranges. Thread-safe.</summary>
/// <remarks>Ranges arrive in any order; whoever hashes the file reads as far as it is contiguous,
/// <see cref="AvailableAsync"/>.</remarks>
public sealed class FileDownload : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TransferProgress _progress;

    // Ranges given to the sink; they are in _arrived once they are written.
    private readonly ByteRangeSet _written = new();
    private ByteRangeSet _arrived = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _generation;
    private bool _isWithheld;
    private bool _isVerified;

    internal FileDownload(RemoteContent content, int order, TransferProgress progress)
    {
        Content = content;
        Order = order;
        _progress = progress;
    }

    /// <summary>What is being transferred.</summary>
    public RemoteContent Content { get; }

    /// <summary>The file's place in the queue.</summary>
    internal int Order { get; }

    /// <summary>How many times the whole file may still be downloaded again because its bytes were wrong.</summary>
    internal int Refetches { get; private set; } = 1;

    /// <summary>Whether wrong bytes can be replaced: nobody has read them, or the sink still has them all.</summary>
    internal bool CanRestart => Refetches > 0 && Content.Size > 0 && (_isWithheld || Content.Sink.KeepsAll);

    /// <summary>Lets one request for the whole file run at a time, where the server does not serve ranges.</summary>
    internal SemaphoreSlim WholeFileGate { get; } = new(1);

    /// <summary>How many requests for a range of this file were answered with the whole file.</summary>
    internal int IgnoredRanges;

    /// <summary>Resumes from what an earlier run left.</summary>
    /// <returns>Whether there are bytes to verify.</returns>
    internal bool Resume()
    {
        _arrived = Content.Sink.Resume();
        if (_arrived.Total == 0)
            return false;
        foreach (var range in _arrived.Ranges)
            _written.Add(range);
        Refetches++;
        _progress.AddArrived(_arrived.Total);
        return true;
    }

    /// <summary>Withholds the file from readers until it is verified.</summary>
    internal void WithholdUntilVerified() => _isWithheld = true;

    /// <summary>The missing ranges, each at most <paramref name="largest"/> bytes long.</summary>
    internal IEnumerable<ByteRange> Missing(Func<long> largest)
    {
        ByteRange[] missing;
        lock (_gate)
            missing = [.. _arrived.Missing(new ByteRange(0, Content.Size))];
        foreach (var hole in missing)
        {
            var offset = hole.Offset;
            while (offset < hole.End)
            {
                var range = new ByteRange(offset, Math.Min(largest(), hole.End - offset));
                yield return range;
                offset = range.End;
            }
        }
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

    /// <summary>Writes bytes, except those that were written before: bytes that have been read never change, or other
    /// bytes could be archived than were verified.</summary>
    internal void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        ByteRange[] ranges;
        lock (_gate)
        {
            ranges = [.. _written.Missing(new ByteRange(offset, bytes.Length))];
            foreach (var range in ranges)
                _written.Add(range);
        }

        foreach (var range in ranges)
            Content.Sink.Write(bytes.Slice((int)(range.Offset - offset), (int)range.Length), range.Offset);
        lock (_gate)
        {
            foreach (var range in ranges)
                _progress.AddArrived(_arrived.Add(range));
            SignalChange();
        }
    }

    /// <summary>Records bytes for a later run. Called once per range, not once per write.</summary>
    internal void Record(ByteRange range)
    {
        if (range.Length > 0)
            Content.Sink.Record(range);
    }

    /// <summary>Waits until the file's contiguous beginning is longer than a position.</summary>
    /// <param name="position">How many bytes the caller has read.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many bytes from the start can be read: more than <paramref name="position"/>, except at the end of
    /// the file.</returns>
    public async ValueTask<long> AvailableAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if ((_arrived.Prefix > position && (_isVerified || !_isWithheld)) || position >= Content.Size)
                    return _arrived.Prefix;
                wait = _changed.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    /// <summary>How many times the file was restarted; whoever read it before that read wrong bytes.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Drops all bytes, because they are wrong.</summary>
    internal void Restart()
    {
        lock (_gate)
        {
            Refetches--;
            _progress.AddArrived(-_arrived.Total);
            _arrived.Clear();
            _written.Clear();
            _generation++;
            SignalChange();
        }

        Content.Sink.Restart();
    }

    /// <summary>Ends the download of a verified file.</summary>
    internal void Finish()
    {
        Content.Sink.Finish();
        lock (_gate)
        {
            _isVerified = true;
            SignalChange();
        }

        _progress.AddVerified(Content);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Content.Sink.Dispose();
        WholeFileGate.Dispose();
    }

    private void SignalChange()
    {
        if (_changed.Task.IsCompleted)
            return;
        var previous = _changed;
        _changed = NewSignal();
        previous.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
