using System.Buffers.Binary;
using System.Text;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>The bytes of a stream, forward only: arguments of opcodes, lines, counted strings. Long data is passed
/// over, not read.</summary>
internal sealed class PickleReader(ByteSource source, long position)
{
    private const int LongestLine = 1 << 20;
    private const int LongestKept = 16 * 1024;

    private static readonly UTF8Encoding Strict = new(false, true);

    private readonly byte[] _buffer = new byte[16 * 1024];
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>Where the next byte is read.</summary>
    public long Position { get; set; } = position;

    /// <summary>The next byte, or -1 at the end.</summary>
    public int TryReadByte()
    {
        if (Position < _bufferStart || Position >= _bufferStart + _bufferLength)
        {
            _bufferStart = Position;
            _bufferLength = source.Read(Position, _buffer);
            if (_bufferLength == 0)
                return -1;
        }

        return _buffer[Position++ - _bufferStart];
    }

    public byte ReadByte()
    {
        var value = TryReadByte();
        return value >= 0 ? (byte)value : throw Ends();
    }

    public int ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>A length of eight bytes; one over 2^63 is more than any file has.</summary>
    public long ReadLength64() =>
        BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8)) is >= 0 and var length ? length : throw Ends();

    /// <summary>A few bytes.</summary>
    public byte[] ReadBytes(int count)
    {
        var bytes = new byte[count];
        for (var index = 0; index < count; index++)
            bytes[index] = ReadByte();
        return bytes;
    }

    /// <summary>A line without its end; Python refuses a last line that has none.</summary>
    public byte[] ReadLine()
    {
        var line = new List<byte>();
        while (true)
        {
            var value = ReadByte();
            if (value == (byte)'\n')
                return [.. line];
            if (line.Count >= LongestLine)
                throw new PickleBrokenException(Position, "line of more than 1 MiB");
            line.Add(value);
        }
    }

    /// <summary>Counted bytes, as the place where they are.</summary>
    public BytesValue ReadCounted(long count)
    {
        var value = new BytesValue(source.Slice(Position, count));
        Skip(count);
        return value;
    }

    /// <summary>A counted string in UTF-8 (lone surrogates allowed, as Python's surrogatepass).</summary>
    public PickleValue ReadText(long count)
    {
        if (count > LongestKept)
        {
            var far = new BytesValue(source.Slice(Position, count), isText: true);
            Skip(count);
            return far;
        }

        var bytes = ReadBytes((int)count);
        try
        {
            return new TextValue(Strict.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return bytes.AsSpan().IndexOf((byte)0xED) >= 0
                ? new TextValue(Encoding.UTF8.GetString(bytes))
                : throw new PickleBrokenException(Position, "string is not UTF-8");
        }
    }

    /// <summary>Passes over bytes, which must be there.</summary>
    public void Skip(long count)
    {
        if (count == 0)
            return;
        if (count > long.MaxValue - Position || source.Peek(Position + count - 1, 1).Length == 0)
            throw Ends();
        Position += count;
    }

    private PickleBrokenException Ends() => new(Position, "truncated in the middle of an opcode");
}
