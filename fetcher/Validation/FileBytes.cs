using System.Buffers.Binary;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation;

/// <summary>A cursor over a file that reads values through a small buffer: structure is checked without reading the
/// weights.</summary>
/// <remarks>Every read past the end throws <see cref="BrokenFileException"/>; positions are bytes from the file's
/// beginning.</remarks>
internal sealed class FileBytes : IDisposable
{
    private readonly FileSource _source;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>Opens a file for reading.</summary>
    public FileBytes(string path) => _source = new FileSource(path);

    /// <summary>The content of a whole file, which must not be longer than <paramref name="limit"/> bytes.</summary>
    public static byte[] ReadAll(string path, int limit)
    {
        using var bytes = new FileBytes(path);
        return bytes.ReadBytes((ulong)bytes.Length, limit);
    }

    /// <summary>Bytes of the file.</summary>
    public long Length => _source.Length;

    /// <summary>Where the next sequential read begins.</summary>
    public long Position { get; set; }

    /// <summary>Bytes between <see cref="Position"/> and the end.</summary>
    public long Remaining => Length - Position;

    /// <summary>Up to <paramref name="count"/> bytes from <paramref name="position"/> on, without moving.</summary>
    public byte[] Peek(long position, int count) =>
        _source.Peek(position, (int)Math.Clamp(Length - position, 0, count));

    /// <summary>Fills the span from the position, and advances.</summary>
    public void Read(Span<byte> into)
    {
        if (into.Length > Remaining)
            throw new BrokenFileException(Position, $"truncated: {into.Length - Remaining} bytes are missing");
        if (into.Length >= _buffer.Length)
        {
            if (_source.Read(Position, into) != into.Length)
                throw new BrokenFileException(Position, "unreadable before its end");
        }
        else
        {
            Buffered(into.Length).CopyTo(into);
        }

        Position += into.Length;
    }

    /// <summary>One byte.</summary>
    public byte ReadByte()
    {
        var value = Buffered(1)[0];
        Position++;
        return value;
    }

    /// <summary>A little-endian 32-bit number.</summary>
    public uint ReadUInt32()
    {
        var value = BinaryPrimitives.ReadUInt32LittleEndian(Buffered(4));
        Position += 4;
        return value;
    }

    /// <summary>A little-endian 64-bit number.</summary>
    public ulong ReadUInt64()
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(Buffered(8));
        Position += 8;
        return value;
    }

    /// <summary>That many bytes, which must not be more than <paramref name="limit"/>.</summary>
    public byte[] ReadBytes(ulong count, int limit)
    {
        if (count > (ulong)Remaining)
            throw new BrokenFileException(Position, $"length {count} exceeds the {Remaining} bytes that follow");
        if (count > (ulong)limit)
        {
            throw new BrokenFileException(Position, $"value of {count} bytes exceeds the limit of {limit}");
        }

        var bytes = new byte[(int)count];
        Read(bytes);
        return bytes;
    }

    /// <summary>Moves on without reading.</summary>
    public void Skip(ulong count)
    {
        if (count > (ulong)Remaining)
            throw new BrokenFileException(Position, $"length {count} exceeds the {Remaining} bytes that follow");
        Position += (long)count;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private ReadOnlySpan<byte> Buffered(int count)
    {
        if (Position < _bufferStart || Position + count > _bufferStart + _bufferLength)
        {
            _bufferStart = Position;
            _bufferLength = _source.Read(Position, _buffer);
            if (_bufferLength < count)
                throw new BrokenFileException(Position, "truncated in the middle of a value");
        }

        return _buffer.AsSpan((int)(Position - _bufferStart), count);
    }
}
