namespace NixAiModels.Transfer;

/// <summary>One file's part of a <see cref="TransferWindow"/>.</summary>
internal sealed class WindowSink(TransferWindow window, string name, long start, long size) : IContentSink
{
    private long _verified;
    private long _archived;

    public string Name => name;

    public bool KeepsAll => false;

    private long Size => size;

    /// <summary>The position in the stream after the file's last byte.</summary>
    public long End => start + size;

    /// <summary>The position in the stream of the first byte that a reader still needs.</summary>
    public long Needed => start + Math.Min(Interlocked.Read(ref _verified), Interlocked.Read(ref _archived));

    public ByteRangeSet Resume() => new();

    public void Create() { }

    public ValueTask ReserveAsync(long end, CancellationToken cancellation) =>
        window.ReserveAsync(start + end, cancellation);

    public void Write(ReadOnlySpan<byte> bytes, long offset) => window.Write(bytes, start + offset);

    public void Record(ByteRange range) { }

    public int Read(Span<byte> buffer, long position) => Read(ref _verified, buffer, position);

    public IContentReader OpenReader() => new Reader(this);

    public void Restart() { }

    public void Finish() => MoveTo(ref _verified, size);

    public void Dispose() { }

    private int Read(ref long watermark, Span<byte> buffer, long position)
    {
        MoveTo(ref watermark, position);
        return window.Read(buffer, start + position);
    }

    private void MoveTo(ref long watermark, long position)
    {
        if (Interlocked.Exchange(ref watermark, position) != position)
            window.Advance();
    }

    private sealed class Reader(WindowSink sink) : IContentReader
    {
        public int Read(Span<byte> buffer, long position) => sink.Read(ref sink._archived, buffer, position);

        public void Dispose() => sink.MoveTo(ref sink._archived, sink.Size);
    }
}
