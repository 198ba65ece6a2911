namespace NixAiModels.Validation.Containers;

/// <summary>The content of every compressed stream in a source, one after the other: Python's gzip, bz2, lzma, lz4 and
/// joblib's zlib read on after the end of the first.</summary>
/// <remarks>Zeros between and after the streams are padding (gzip, xz). Other data there ends in an
/// <see cref="InvalidDataException"/>: some readers ignore it, some stop at it.</remarks>
internal sealed class ConcatenatedStream : Stream
{
    private const int MaxStreams = 100_000;

    private readonly ByteSource _source;
    private ContentKind _kind;
    private SourceStream _input;
    private Stream? _decoder;
    private long _start;
    private int _streams = 1;

    /// <summary>Nothing is read before the first <see cref="Read(Span{byte})"/>.</summary>
    public ConcatenatedStream(ContentKind kind, ByteSource source)
    {
        (_source, _kind) = (source, kind);
        _input = new SourceStream(source);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            _decoder ??= Decoders.OpenOne(_kind, _input);
            if (_decoder.Read(buffer) is var read and > 0)
                return read;
            if (!OpenNext())
                return 0;
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _decoder?.Dispose();
        base.Dispose(disposing);
    }

    private bool OpenNext()
    {
        _start += _input.Position;
        if (_kind == ContentKind.Lz4 && _decoder != Null && !HasLz4End())
            throw new InvalidDataException("LZ4 frame without its end mark");
        if (!SkipPadding())
            return false;
        var rest = _source.From(_start);
        var kind = ContentSniffer.IsSkippable(rest.Peek(0, 8)) ? _kind : ContentSniffer.Sniff(rest);
        if (Family(kind) != Family(_kind))
            throw new InvalidDataException($"data after the end of the {_kind} stream");
        if (++_streams > MaxStreams)
            throw new UnscannableException($"more than {MaxStreams} compressed streams one after the other");
        _decoder?.Dispose();
        (_kind, _input, _decoder) = (kind, new SourceStream(rest), null);
        return true;
    }

    private bool SkipPadding()
    {
        var buffer = new byte[4096];
        while (_source.Read(_start, buffer) is var read and > 0)
        {
            var at = buffer.AsSpan(0, read).IndexOfAnyExcept((byte)0);
            _start += at < 0 ? read : at;
            if (at >= 0)
                return true;
        }

        return false;
    }

    // Four zeros, perhaps a checksum after them; the decoder takes a frame that is cut short for a whole one.
    private bool HasLz4End()
    {
        var tail = _source.Peek(_start - 8, 8);
        return tail.Length == 8 && (BitConverter.ToUInt32(tail) == 0 || BitConverter.ToUInt32(tail, 4) == 0);
    }

    // Python's lzma.open takes either format for each stream.
    private static ContentKind Family(ContentKind kind) => kind == ContentKind.LzmaAlone ? ContentKind.Xz : kind;
}
