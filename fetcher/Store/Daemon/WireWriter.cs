using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace NixAiModels.Store.Daemon;

/// <summary>Builds a request: 64-bit little-endian numbers, and strings with their length before and zeros after them,
/// up to a multiple of eight bytes.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public WireWriter WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
        _bytes.Advance(sizeof(ulong));
        return this;
    }

    public WireWriter WriteBool(bool value) => WriteUInt64(value ? 1UL : 0UL);

    public WireWriter WriteString(string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        WriteUInt64((ulong)text.Length);
        _bytes.Write(text);
        _bytes.Write(new byte[-text.Length & 7]);
        return this;
    }

    public WireWriter WriteStrings(IReadOnlyCollection<string> values)
    {
        WriteUInt64((ulong)values.Count);
        foreach (var value in values)
            WriteString(value);
        return this;
    }
}
