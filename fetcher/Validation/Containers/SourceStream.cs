namespace NixAiModels.Validation.Containers;

/// <summary>A source as a stream, for decoders: single bytes come from a buffer, and <see cref="Position"/> is the next
/// unread one all the same.</summary>
internal sealed class SourceStream(ByteSource source) : Stream
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private long _bufferStart;
    private int _bufferLength;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        if (buffer.Length >= _buffer.Length)
        {
            read = source.Read(Position, buffer);
        }
        else
        {
            var kept = Buffered();
            read = Math.Min(kept.Length, buffer.Length);
            kept[..read].CopyTo(buffer);
        }

        Position += read;
        return read;
    }

    public override int ReadByte()
    {
        var kept = Buffered();
        if (kept.IsEmpty)
            return -1;
        Position++;
        return kept[0];
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position =
            offset
            + origin switch
            {
                SeekOrigin.Begin => 0,
                SeekOrigin.Current => Position,
                _ => Length,
            };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // What is kept from the position on; empty only at the source's end.
    private ReadOnlySpan<byte> Buffered()
    {
        if (Position < _bufferStart || Position >= _bufferStart + _bufferLength)
        {
            _bufferStart = Position;
            _bufferLength = source.Read(Position, _buffer);
        }

        return _buffer.AsSpan((int)(Position - _bufferStart), (int)(_bufferStart + _bufferLength - Position));
    }
}
