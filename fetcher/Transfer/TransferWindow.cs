namespace NixAiModels.Transfer;

/// <summary>A bounded piece of memory that moves along the files of a transfer, laid end to end in their order: bytes may arrive
/// anywhere in it, and it moves on when its first bytes have been hashed and archived. Thread-safe.</summary>
/// <remarks>It is a ring: the byte at a position of the stream is always in the same place, so that nothing is allocated or moved.
/// A range may be longer than the window only if it is written step by step.</remarks>
public sealed class TransferWindow
{
    private readonly Lock gate = new();
    private readonly byte[] ring;
    private readonly WindowSink[] sinks;
    private TaskCompletionSource moved = NewSignal();
    private int first;
    private long start;

    /// <summary>Lays out files in a window.</summary>
    /// <param name="capacity">The window's size in bytes.</param>
    /// <param name="files">Names and sizes in bytes of the files, in the order in which they will be archived.</param>
    public TransferWindow(int capacity, IEnumerable<(string Name, long Size)> files)
    {
        ring = GC.AllocateUninitializedArray<byte>(capacity);
        var position = 0L;
        sinks = [.. files.Select(file =>
        {
            var sink = new WindowSink(this, file.Name, position, file.Size);
            position += file.Size;
            return sink;
        })];
    }

    /// <summary>The files' places, in their order.</summary>
    public IReadOnlyList<IContentSink> Sinks => sinks;

    internal async ValueTask Room(long end, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (end <= start + ring.Length) return;
                wait = moved.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    internal void Write(ReadOnlySpan<byte> bytes, long position)
    {
        var place = (int)(position % ring.Length);
        var head = Math.Min(bytes.Length, ring.Length - place);
        bytes[..head].CopyTo(ring.AsSpan(place));
        bytes[head..].CopyTo(ring);
    }

    internal int Read(Span<byte> buffer, long position)
    {
        var place = (int)(position % ring.Length);
        var head = Math.Min(buffer.Length, ring.Length - place);
        ring.AsSpan(place, head).CopyTo(buffer);
        ring.AsSpan(0, buffer.Length - head).CopyTo(buffer[head..]);
        return buffer.Length;
    }

    /// <summary>Moves on as far as nobody needs the bytes any more. Called when a file's readers have gone on.</summary>
    internal void Advance()
    {
        lock (gate)
        {
            while (first < sinks.Length && sinks[first].Needed == sinks[first].End) first++;
            var needed = first < sinks.Length ? sinks[first].Needed : long.MaxValue - ring.Length;
            if (needed == start) return;
            start = needed;
            var announced = moved;
            moved = NewSignal();
            announced.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
