namespace NixAiModels.Validation.Containers;

/// <summary>Bytes that can be read at a position: a file, a part of one, or the content of a compressed
/// stream.</summary>
internal abstract class ByteSource
{
    /// <summary>Bytes in all. Asking a compressed stream decompresses all of it.</summary>
    public abstract long Length { get; }

    /// <summary>Fills the span from a position on; returns fewer bytes only where the source ends.</summary>
    /// <exception cref="UnscannableException">The bytes cannot be had any more within the bounds of a scan.</exception>
    public abstract int Read(long position, Span<byte> into);

    /// <summary>Up to <paramref name="count"/> bytes from a position on.</summary>
    public byte[] Peek(long position, int count)
    {
        var bytes = new byte[count];
        var read = position < 0 ? 0 : Read(position, bytes);
        return read == count ? bytes : bytes[..read];
    }

    /// <summary>A part of the source; it may reach past the end, where it then ends early.</summary>
    public ByteSource Slice(long offset, long length) => new SliceSource(this, offset, length);

    /// <summary>Everything from a position on, without asking for the length.</summary>
    public ByteSource From(long offset) => offset == 0 ? this : new RestSource(this, offset);

    private sealed class RestSource(ByteSource whole, long offset) : ByteSource
    {
        public override long Length => Math.Max(0, whole.Length - offset);

        public override int Read(long position, Span<byte> into) => whole.Read(offset + position, into);
    }

    private sealed class SliceSource(ByteSource whole, long offset, long length) : ByteSource
    {
        public override long Length => length;

        public override int Read(long position, Span<byte> into)
        {
            var left = Math.Clamp(length - position, 0, into.Length);
            return left == 0 ? 0 : whole.Read(offset + position, into[..(int)left]);
        }
    }
}
