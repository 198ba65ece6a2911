namespace NixAiModels.Transfer;

/// <summary>What is still to be asked for: the holes of all files, in the files' order, cut to ranges when somebody is
/// free to fetch one. Thread-safe.</summary>
/// <param name="options">How large ranges are.</param>
internal sealed class RangeQueue(TransferOptions options)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Hole, (int Order, long Offset)> _holes = new();
    private TaskCompletionSource _changed = NewSignal();
    private readonly TaskCompletionSource _completed = NewSignal();
    private long _left;

    /// <summary>Completes when nothing will be added any more.</summary>
    public Task Completed => _completed.Task;

    /// <summary>Adds what is missing of a file. A file that is fetched in one piece is verified in hand.</summary>
    public void Add(FileDownload file)
    {
        var missing = file.Missing();
        lock (_gate)
        {
            file.IsVerifiedInHand =
                missing is [{ Offset: 0 } whole]
                && whole.Length == file.Content.Size
                && whole.Length <= options.SmallestRange;
            foreach (var hole in missing)
            {
                _holes.Enqueue(new Hole(file, hole, file.Generation), (file.Order, hole.Offset));
                _left += hole.Length;
            }

            SignalChange();
        }
    }

    /// <summary>Takes the first range: large while much is left, smaller towards the end, so that no slow connection is
    /// waited for long.</summary>
    /// <param name="connections">How many connections share what is left.</param>
    /// <param name="cancellation">Ends the wait for one.</param>
    /// <returns>The range, or <see langword="null"/> when all files are verified.</returns>
    public async ValueTask<Hole?> TakeAsync(int connections, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_holes.TryDequeue(out var hole, out _))
                    return Cut(hole, connections);
                if (Completed.IsCompleted)
                    return null;
                wait = _changed.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    /// <summary>Says that nothing will be added any more.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed.TrySetResult();
            SignalChange();
        }
    }

    private Hole Cut(Hole hole, int connections)
    {
        var size = Math.Clamp(_left / (2 * connections), options.SmallestRange, options.LargestRange);
        // A rest that is not worth a request of its own goes along.
        if (hole.Range.Length > size && hole.Range.Length < size + (options.SmallestRange / 2))
            size = hole.Range.Length;
        size = Math.Min(size, hole.Range.Length);
        _left -= size;
        if (size < hole.Range.Length)
        {
            var rest = new ByteRange(hole.Range.Offset + size, hole.Range.Length - size);
            _holes.Enqueue(hole with { Range = rest }, (hole.File.Order, rest.Offset));
        }

        return hole with
        {
            Range = new ByteRange(hole.Range.Offset, size),
        };
    }

    private void SignalChange()
    {
        var signalled = _changed;
        _changed = NewSignal();
        signalled.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A stretch of a file that has not arrived.</summary>
    internal sealed record Hole(FileDownload File, ByteRange Range, int Generation);
}
