namespace NixAiModels.Transfer;

/// <summary>The place of one file in a <see cref="TransferWindow"/>.</summary>
internal sealed class WindowSink(TransferWindow window, string name, long start, long size) : IContentSink
{
    private long _released;

    public string Name => name;

    public bool KeepsAll => false;

    /// <summary>The position in the stream after the file's last byte.</summary>
    public long End => start + size;

    /// <summary>The position in the stream of the first byte that somebody still has to read.</summary>
    public long Needed => start + Interlocked.Read(ref _released);

    public ByteRangeSet Resume() => new();

    public void Create() { }

    public ValueTask ReserveAsync(long end, CancellationToken cancellation) =>
        window.ReserveAsync(start + end, cancellation);

    public void Write(ReadOnlySpan<byte> bytes, long offset) => window.Write(bytes, start + offset);

    public void Record(ByteRange range) { }

    public int Read(Span<byte> buffer, long position) => window.Read(buffer, start + position);

    public void Release(long position)
    {
        if (Interlocked.Exchange(ref _released, position) != position)
            window.Advance();
    }

    public void Restart() { }

    public void Finish() { }

    public void Dispose() { }
}
