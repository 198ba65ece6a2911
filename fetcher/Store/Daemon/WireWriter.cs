using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace NixAiModels.Store.Daemon;

/// <summary>Gathers a request: 64-bit little-endian numbers, and strings with their length before and zeros behind them up to a multiple of
/// eight.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public ReadOnlyMemory<byte> Bytes => bytes.WrittenMemory;

    public WireWriter Number(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.GetSpan(sizeof(ulong)), value);
        bytes.Advance(sizeof(ulong));
        return this;
    }

    public WireWriter Flag(bool value) => Number(value ? 1UL : 0UL);

    public WireWriter Text(string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        Number((ulong)text.Length);
        bytes.Write(text);
        bytes.Write(new byte[-text.Length & 7]);
        return this;
    }

    public WireWriter Texts(IReadOnlyCollection<string> values)
    {
        Number((ulong)values.Count);
        foreach (var value in values) Text(value);
        return this;
    }
}
