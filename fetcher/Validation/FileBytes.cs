using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Validation;

/// <summary>A file, or a part of one, read at a position through a small buffer: structure is checked without reading
/// the weights.</summary>
/// <remarks>Every read past the end throws <see cref="BrokenFileException"/>; positions are bytes from the file's
/// beginning.</remarks>
internal sealed class FileBytes : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>Opens a file for reading.</summary>
    public FileBytes(string path)
    {
        _handle = File.OpenHandle(path);
        Length = RandomAccess.GetLength(_handle);
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Where the next sequential read begins.</summary>
    public long Position { get; set; }

    /// <summary>Bytes between <see cref="Position"/> and the end.</summary>
    public long Remaining => Length - Position;

    /// <summary>Up to <paramref name="count"/> bytes from <paramref name="position"/> on, without moving.</summary>
    public byte[] Peek(long position, int count)
    {
        var bytes = new byte[(int)Math.Clamp(Length - position, 0, count)];
        var read = ReadAt(position, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Fills the span from the position, and advances.</summary>
    public void Read(Span<byte> into)
    {
        if (into.Length > Remaining)
            throw new BrokenFileException(Position, $"truncated: {into.Length - Remaining} bytes are missing");
        if (into.Length >= _buffer.Length)
        {
            if (ReadAt(Position, into) != into.Length)
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

    /// <summary>That many bytes, which must not be more than <paramref name="most"/>.</summary>
    public byte[] ReadBytes(ulong count, int most)
    {
        if (count > (ulong)Remaining)
            throw new BrokenFileException(Position, $"length {count} exceeds the {Remaining} bytes that follow");
        if (count > (ulong)most)
        {
            throw new BrokenFileException(Position, $"value of {count} bytes exceeds the limit of {most}");
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
    public void Dispose() => _handle.Dispose();

    private ReadOnlySpan<byte> Buffered(int count)
    {
        if (Position < _bufferStart || Position + count > _bufferStart + _bufferLength)
        {
            _bufferStart = Position;
            _bufferLength = ReadAt(Position, _buffer);
            if (_bufferLength < count)
                throw new BrokenFileException(Position, "truncated in the middle of a value");
        }

        return _buffer.AsSpan((int)(Position - _bufferStart), count);
    }

    private int ReadAt(long position, Span<byte> into)
    {
        var total = 0;
        while (total < into.Length)
        {
            var read = RandomAccess.Read(_handle, into[total..], position + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }
}
