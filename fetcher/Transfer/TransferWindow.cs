namespace NixAiModels.Transfer;

/// <summary>A bounded window in memory that moves along the concatenated files of a transfer: bytes may arrive anywhere
/// in it, and it moves on when its first bytes have been hashed and archived. Thread-safe.</summary>
/// <remarks>It is a ring buffer: a position of the stream always has the same place in it, so that nothing is allocated
/// or moved. A range that is longer than the window must be written in steps.</remarks>
public sealed class TransferWindow
{
    private readonly Lock _gate = new();
    private readonly byte[] _ring;
    private readonly WindowSink[] _sinks;
    private TaskCompletionSource _moved = NewSignal();
    private int _first;
    private long _start;

    /// <summary>Makes a window for files.</summary>
    /// <param name="capacity">The window's size in bytes.</param>
    /// <param name="files">The files' names and sizes in bytes, in the order in which they will be archived.</param>
    public TransferWindow(int capacity, IEnumerable<(string Name, long Size)> files)
    {
        _ring = GC.AllocateUninitializedArray<byte>(capacity);
        var position = 0L;
        _sinks =
        [
            .. files.Select(file =>
            {
                var sink = new WindowSink(this, file.Name, position, file.Size);
                position += file.Size;
                return sink;
            }),
        ];
    }

    /// <summary>The sinks of the files, in their order.</summary>
    public IReadOnlyList<IContentSink> Sinks => _sinks;

    internal async ValueTask ReserveAsync(long end, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (end <= _start + _ring.Length)
                    return;
                wait = _moved.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    internal void Write(ReadOnlySpan<byte> bytes, long position)
    {
        var place = (int)(position % _ring.Length);
        var head = Math.Min(bytes.Length, _ring.Length - place);
        bytes[..head].CopyTo(_ring.AsSpan(place));
        bytes[head..].CopyTo(_ring);
    }

    internal int Read(Span<byte> buffer, long position)
    {
        var place = (int)(position % _ring.Length);
        var head = Math.Min(buffer.Length, _ring.Length - place);
        _ring.AsSpan(place, head).CopyTo(buffer);
        _ring.AsSpan(0, buffer.Length - head).CopyTo(buffer[head..]);
        return buffer.Length;
    }

    /// <summary>Moves on past the bytes that nobody needs any more. Called when a reader of a file moves
    /// on.</summary>
    internal void Advance()
    {
        lock (_gate)
        {
            while (_first < _sinks.Length && _sinks[_first].Needed == _sinks[_first].End)
                _first++;
            var needed = _first < _sinks.Length ? _sinks[_first].Needed : long.MaxValue - _ring.Length;
            if (needed == _start)
                return;
            _start = needed;
            var previous = _moved;
            _moved = NewSignal();
            previous.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
