using System.Buffers.Binary;
using static NixAiModels.Validation.Pickle.Opcode;

namespace NixAiModels.Validation.Pickle;

/// <summary>The opcodes that push a constant, binary and text.</summary>
internal sealed partial class PickleMachine
{
    private bool StepConstant()
    {
        PickleValue? value = _opcode switch
        {
            None => PlainValue.None,
            NewTrue => PlainValue.True,
            NewFalse => PlainValue.False,
            Int or Long => ReadInteger(_reader.ReadLine()),
            BinInt => new IntegerValue(_reader.ReadInt32()),
            BinInt1 => new IntegerValue(_reader.ReadByte()),
            BinInt2 => new IntegerValue(_reader.ReadUInt16()),
            Long1 => ReadLong(_reader.ReadByte()),
            Long4 => ReadLong(_reader.ReadInt32()),
            Float => PythonLiteral.IsFloat(_reader.ReadLine()) ? PlainValue.Number : throw Breaks("invalid FLOAT"),
            BinFloat => ReadDouble(),
            Opcode.String => Text(PythonLiteral.UnquoteString(_reader.ReadLine())),
            Unicode => Text(PythonLiteral.DecodeUnicode(_reader.ReadLine())),
            BinString => _reader.ReadInt32() is >= 0 and var length
                ? ReadBytesAsText(length)
                : throw Breaks("string of negative length"),
            ShortBinString => ReadBytesAsText(_reader.ReadByte()),
            ShortBinUnicode => _reader.ReadText(_reader.ReadByte()),
            BinUnicode => _reader.ReadText(_reader.ReadUInt32()),
            BinUnicode8 => _reader.ReadText(_reader.ReadLength64()),
            ShortBinBytes => _reader.ReadCounted(_reader.ReadByte()),
            BinBytes => _reader.ReadCounted(_reader.ReadUInt32()),
            BinBytes8 or ByteArray8 => _reader.ReadCounted(_reader.ReadLength64()),
            _ => null,
        };
        if (value is null)
            return false;
        _stack.Push(value);
        return true;
    }

    private PickleValue ReadInteger(byte[] line)
    {
        if (_opcode == Int && line.AsSpan().TrimEnd((byte)'\r').SequenceEqual("01"u8))
            return PlainValue.True;
        if (_opcode == Int && line.AsSpan().TrimEnd((byte)'\r').SequenceEqual("00"u8))
            return PlainValue.False;
        var digits =
            _opcode == Long && line.Length > 0 && line[^1] == (byte)'L' ? line.AsSpan(0, line.Length - 1) : line;
        if (!PythonLiteral.TryInteger(digits, out var value))
            throw Breaks("invalid integer");
        return value is { } known ? new IntegerValue(known) : PlainValue.Number;
    }

    private PickleValue ReadLong(int length)
    {
        if (length < 0)
            throw Breaks("number of negative length");
        if (length > 16)
        {
            _reader.Skip(length);
            return PlainValue.Number;
        }

        var bytes = _reader.ReadBytes(length);
        Span<byte> wide = stackalloc byte[16];
        wide.Fill(length > 0 && bytes[^1] >= 0x80 ? byte.MaxValue : (byte)0);
        bytes.CopyTo(wide);
        return new IntegerValue(BinaryPrimitives.ReadInt128LittleEndian(wide));
    }

    private PlainValue ReadDouble()
    {
        _reader.Skip(8);
        return PlainValue.Number;
    }

    // Python 2's str: text where it is a name, bytes where it is data. One byte, one character is right for both.
    private PickleValue ReadBytesAsText(int length) =>
        length <= 4096
            ? new TextValue(System.Text.Encoding.Latin1.GetString(_reader.ReadBytes(length)))
            : _reader.ReadCounted(length);

    private TextValue Text(string? text) => new(text ?? throw Breaks("invalid string literal"));
}
