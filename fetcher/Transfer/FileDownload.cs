namespace NixAiModels.Transfer;

/// <summary>A file that is being assembled from ranges. Thread-safe.</summary>
/// <remarks>Ranges arrive in any order; whoever hashes the file follows its unbroken beginning,
/// <see cref="AvailableAsync"/>.</remarks>
public sealed class FileDownload : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TransferProgress _progress;
    private readonly ByteRangeSet _claimed = new();
    private ByteRangeSet _arrived = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _generation;
    private bool _isHeldBack;
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

    /// <summary>How many times the whole file may still be asked for again because its bytes were wrong.</summary>
    internal int Refetches { get; private set; } = 1;

    /// <summary>Whether wrong bytes can be taken back: nobody has read them, or they are all still there to be
    /// replaced.</summary>
    internal bool CanRestart => Refetches > 0 && Content.Size > 0 && (_isHeldBack || Content.Sink.KeepsAll);

    /// <summary>Set when the server has shown that it does not serve ranges of this file.</summary>
    internal SemaphoreSlim WholeFileTurn { get; } = new(1);

    /// <summary>How often a request for a range of this file was answered with the whole file.</summary>
    internal int RangesIgnored;

    /// <summary>Takes up what an earlier run left: noted ranges, or a file of the right size that may be
    /// complete.</summary>
    /// <returns>Whether there is anything to verify without asking the server.</returns>
    internal bool Resume()
    {
        _arrived = Content.Sink.Resume();
        if (_arrived.Total == 0)
            return false;
        foreach (var range in _arrived.Ranges)
            _claimed.Add(range);
        Refetches++;
        _progress.AddArrived(_arrived.Total);
        return true;
    }

    /// <summary>Nobody reads the file until it is verified: wrong bytes of it go nowhere.</summary>
    internal void HoldBack() => _isHeldBack = true;

    /// <summary>The ranges that are still to be fetched, each at most <paramref name="largest"/> bytes long.</summary>
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

    /// <summary>How many bytes have arrived from the start of the file without a hole.</summary>
    internal long Prefix
    {
        get
        {
            lock (_gate)
                return _arrived.Prefix;
        }
    }

    /// <summary>Writes bytes that have arrived, but for those that came another way before: what has been read once
    /// never changes, or other bytes could be archived than were verified.</summary>
    internal void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        ByteRange[] unclaimed;
        lock (_gate)
        {
            unclaimed = [.. _claimed.Missing(new ByteRange(offset, bytes.Length))];
            foreach (var range in unclaimed)
                _claimed.Add(range);
        }

        foreach (var range in unclaimed)
            Content.Sink.Write(bytes.Slice((int)(range.Offset - offset), (int)range.Length), range.Offset);
        lock (_gate)
        {
            foreach (var range in unclaimed)
                _progress.AddArrived(_arrived.Add(range));
            SignalChange();
        }
    }

    /// <summary>Notes bytes that have arrived, for a later run. Called once a range, not once a write.</summary>
    internal void Record(ByteRange range)
    {
        if (range.Length > 0)
            Content.Sink.Record(range);
    }

    /// <summary>Waits until the file's unbroken beginning is longer than a position.</summary>
    /// <param name="position">How many bytes the caller has read already.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many bytes from the start can be read; more than <paramref name="position"/> unless that is the
    /// file's end.</returns>
    public async ValueTask<long> AvailableAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if ((_arrived.Prefix > position && (_isVerified || !_isHeldBack)) || position >= Content.Size)
                    return _arrived.Prefix;
                wait = _changed.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    /// <summary>How often the file's bytes were found wrong and given up; whoever read it before it changed read wrong
    /// bytes.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Gives up the bytes that have arrived, because together they are wrong.</summary>
    internal void Restart()
    {
        lock (_gate)
        {
            Refetches--;
            _progress.AddArrived(-_arrived.Total);
            _arrived.Clear();
            _claimed.Clear();
            _generation++;
            SignalChange();
        }

        Content.Sink.Restart();
    }

    /// <summary>The file is complete and verified.</summary>
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
        WholeFileTurn.Dispose();
    }

    private void SignalChange()
    {
        if (_changed.Task.IsCompleted)
            return;
        var announced = _changed;
        _changed = NewSignal();
        announced.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
