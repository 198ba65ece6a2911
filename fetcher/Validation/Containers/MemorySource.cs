namespace NixAiModels.Validation.Containers;

/// <summary>Bytes in memory.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> bytes) : ByteSource
{
    public override long Length => bytes.Length;

    public override int Read(long position, Span<byte> into)
    {
        if (position >= bytes.Length)
            return 0;
        var part = bytes.Span[(int)position..];
        part = part[..Math.Min(part.Length, into.Length)];
        part.CopyTo(into);
        return part.Length;
    }
}
