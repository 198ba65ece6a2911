namespace NixAiModels.Transfer;

/// <summary>A bounded piece of memory that moves along the files of a transfer, laid end to end in their order: bytes
/// may arrive anywhere in it, and it moves on when its first bytes have been hashed and archived.
/// Thread-safe.</summary>
/// <remarks>It is a ring: the byte at a position of the stream is always in the same place, so that nothing is
/// allocated or moved. A range may be longer than the window only if it is written step by step.</remarks>
public sealed class TransferWindow
{
    private readonly Lock _gate = new();
    private readonly byte[] _ring;
    private readonly WindowSink[] _sinks;
    private TaskCompletionSource _moved = NewSignal();
    private int _first;
    private long _start;

    /// <summary>Lays out files in a window.</summary>
    /// <param name="capacity">The window's size in bytes.</param>
    /// <param name="files">Names and sizes in bytes of the files, in the order in which they will be archived.</param>
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

    /// <summary>The files' places, in their order.</summary>
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

    /// <summary>Moves on as far as nobody needs the bytes any more. Called when a file's readers have gone
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
            var announced = _moved;
            _moved = NewSignal();
            announced.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
