using System.Buffers.Binary;
using System.Text;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>Writes pickles opcode by opcode.</summary>
internal sealed class PickleAssembler
{
    private readonly List<byte> _bytes = [];

    public PickleAssembler(int? protocol = 4)
    {
        if (protocol is { } version)
            Raw(0x80, (byte)version);
    }

    public byte[] Bytes => [.. _bytes];

    public PickleAssembler Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleAssembler Line(char opcode, string line) =>
        Raw([(byte)opcode, .. Encoding.Latin1.GetBytes(line), (byte)'\n']);

    public PickleAssembler Op(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public PickleAssembler Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length < 256 ? Raw([0x8C, (byte)bytes.Length, .. bytes]) : Counted('X', bytes);
    }

    public PickleAssembler Data(byte[] bytes) =>
        bytes.Length < 256 ? Raw([(byte)'C', (byte)bytes.Length, .. bytes]) : Counted('B', bytes);

    public PickleAssembler Int(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Raw((byte)'J').Raw(bytes);
    }

    public PickleAssembler Global(string module, string name) =>
        Raw([(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")]);

    public PickleAssembler StackGlobal(string module, string name) => Text(module).Text(name).Raw(0x93);

    public PickleAssembler Tuple(int count) => Raw((byte)(0x84 + count));

    public PickleAssembler Reduce() => Op("R");

    public PickleAssembler Build() => Op("b");

    public byte[] Stop() => Op(".").Bytes;

    /// <summary>The call that everything here tries to hide: os.system with a harmless text.</summary>
    public PickleAssembler Payload(string module = "os", string name = "system") =>
        StackGlobal(module, name).Text("echo hostile").Tuple(1).Reduce();

    private PickleAssembler Counted(char opcode, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Raw((byte)opcode).Raw(length).Raw(bytes);
    }
}
