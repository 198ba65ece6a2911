using System.Text;

namespace NixAiModels.Validation.Formats;

/// <summary>Walks the wire format of protocol buffers (protobuf.dev/programming-guides/encoding) without knowing more
/// of a message than is asked.</summary>
internal sealed class ProtobufReader(FileBytes file)
{
    private const int LongestText = 64 * 1024;
    private const int MaxDepth = 100; // protobuf's own limit

    private long _end = file.Length;
    private int _depth;

    /// <summary>The kind of a field's value on the wire.</summary>
    public enum Wire
    {
        /// <summary>A number of up to ten bytes.</summary>
        Varint = 0,

        /// <summary>Eight bytes.</summary>
        Fixed64 = 1,

        /// <summary>A length and as many bytes: text, bytes, a message, packed numbers.</summary>
        Bytes = 2,

        /// <summary>Four bytes.</summary>
        Fixed32 = 5,
    }

    /// <summary>The byte of the file that is read next.</summary>
    public long Position => file.Position;

    /// <summary>Calls <paramref name="field"/> for every field up to the end of the message that is being
    /// read.</summary>
    /// <remarks>A field that the callback leaves unread is skipped.</remarks>
    /// <exception cref="BrokenFileException">The message breaks the wire format.</exception>
    public void Fields(Action<int, Wire> field)
    {
        while (file.Position < _end)
        {
            var start = file.Position;
            var tag = ReadVarint();
            var number = tag >> 3;
            var wire = (Wire)(tag & 7);
            if (number is 0 or > (1 << 29) - 1)
                throw new BrokenFileException(start, $"invalid field number {number}");
            if (wire is not (Wire.Varint or Wire.Fixed64 or Wire.Bytes or Wire.Fixed32))
                throw new BrokenFileException(start, $"invalid wire type {(int)wire}");
            var value = file.Position;
            var skipTo = SkipTo(wire);
            file.Position = value;
            field((int)number, wire);
            file.Position = skipTo;
        }
    }

    /// <summary>Reads the message that is the present field's value.</summary>
    public void Message(Wire wire, Action<int, Wire> field)
    {
        Expect(wire, Wire.Bytes);
        if (++_depth > MaxDepth)
            throw new BrokenFileException(file.Position, $"messages nested more than {MaxDepth} deep");
        var outer = _end;
        var length = ReadVarint();
        _end = file.Position + (long)length;
        Fields(field);
        _end = outer;
        _depth--;
    }

    /// <summary>Reads the text that is the present field's value.</summary>
    public string Text(Wire wire)
    {
        Expect(wire, Wire.Bytes);
        var start = file.Position;
        var bytes = file.ReadBytes(ReadVarint(), LongestText);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw new BrokenFileException(start, "string is not UTF-8");
        }
    }

    /// <summary>Reads the number that is the present field's value.</summary>
    public ulong Number(Wire wire)
    {
        Expect(wire, Wire.Varint);
        return ReadVarint();
    }

    /// <summary>Reads a field of repeated numbers, packed or not, one call a number.</summary>
    public void Numbers(Wire wire, Action<ulong> number)
    {
        if (wire == Wire.Varint)
        {
            number(ReadVarint());
            return;
        }

        Expect(wire, Wire.Bytes);
        var length = ReadVarint();
        var end = file.Position + (long)length;
        while (file.Position < end)
            number(ReadVarint());
        if (file.Position != end)
            throw new BrokenFileException(end, "packed numbers end in the middle of one");
    }

    private long SkipTo(Wire wire)
    {
        var length = wire switch
        {
            Wire.Fixed64 => 8UL,
            Wire.Fixed32 => 4UL,
            Wire.Bytes => ReadVarint(),
            _ => 0UL,
        };
        if (wire == Wire.Varint)
            ReadVarint();
        if (length > (ulong)Math.Max(0, _end - file.Position))
            throw new BrokenFileException(file.Position, $"field of {length} bytes ends after its message");
        return file.Position + (long)length;
    }

    private ulong ReadVarint()
    {
        var start = file.Position;
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (file.Position >= _end)
                throw new BrokenFileException(start, "truncated in the middle of a number");
            var next = file.ReadByte();
            if (shift == 63 && next > 1)
                break;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new BrokenFileException(start, "number of more than 64 bits");
    }

    private void Expect(Wire wire, Wire wanted)
    {
        if (wire != wanted)
        {
            throw new BrokenFileException(file.Position, $"wire type {wire} where the schema requires {wanted}");
        }
    }
}
