using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace NixAiModels.Tests.Validation.Pickle;

/// <summary>Writes zips record by record, so that records can lie.</summary>
internal sealed class ZipAssembler
{
    private readonly List<byte> _bytes = [];
    private readonly List<byte> _directory = [];
    private int _count;

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Its name before the data.</param>
    /// <param name="content">Its content.</param>
    /// <param name="listedAs">Its name in the directory; the same by default, not listed if empty.</param>
    /// <param name="localFlags">The flags before the data.</param>
    /// <param name="listedFlags">The flags in the directory.</param>
    /// <param name="deflate">Whether to compress.</param>
    /// <param name="crc">Another checksum than the right one.</param>
    public ZipAssembler Add(
        string name,
        byte[] content,
        string? listedAs = null,
        int localFlags = 0,
        int listedFlags = 0,
        bool deflate = false,
        uint? crc = null
    )
    {
        var data = deflate ? Deflate(content) : content;
        var sum = crc ?? System.IO.Hashing.Crc32.HashToUInt32(content);
        var offset = _bytes.Count;
        Record(_bytes, 0x04034B50, [20, localFlags, deflate ? 8 : 0, 0, 0], sum, data.Length, content.Length, name);
        _bytes.AddRange([.. U16(0), .. Encoding.UTF8.GetBytes(name), .. data]);
        if (listedAs == string.Empty)
            return this;
        Record(
            _directory,
            0x02014B50,
            [20, 20, listedFlags, deflate ? 8 : 0, 0, 0],
            sum,
            data.Length,
            content.Length,
            listedAs ?? name
        );
        _directory.AddRange([
            .. U16(0),
            .. U16(0),
            .. U16(0),
            .. U16(0),
            .. U32(0),
            .. U32((uint)offset),
            .. Encoding.UTF8.GetBytes(listedAs ?? name),
        ]);
        _count++;
        return this;
    }

    /// <summary>The archive as PyTorch names its entries, with one honest tensor's objects.</summary>
    public static ZipAssembler Torch(byte[]? objects = null) =>
        new ZipAssembler().Add("archive/data.pkl", objects ?? Objects()).Add("archive/version", "3\n"u8.ToArray());

    /// <summary>A dictionary of one tensor, whose storage has the key 0.</summary>
    public static byte[] Objects() =>
        new PickleAssembler(2)
            .Op("}")
            .Text("w")
            .Global("torch._utils", "_rebuild_tensor_v2")
            .Op("((")
            .Text("storage")
            .Global("torch", "FloatStorage")
            .Text("0")
            .Text("cpu")
            .Int(4)
            .Op("tQ")
            .Int(0)
            .Int(4)
            .Tuple(1)
            .Int(1)
            .Tuple(1)
            .Op("\x89")
            .Global("collections", "OrderedDict")
            .Op(")RtRs")
            .Stop();

    /// <summary>The archive.</summary>
    public byte[] Bytes(string comment = "")
    {
        var start = (uint)_bytes.Count;
        return
        [
            .. _bytes,
            .. _directory,
            .. U32(0x06054B50),
            .. U16(0),
            .. U16(0),
            .. U16(_count),
            .. U16(_count),
            .. U32((uint)_directory.Count),
            .. U32(start),
            .. U16(comment.Length),
            .. Encoding.Latin1.GetBytes(comment),
        ];
    }

    private static void Record(List<byte> to, uint mark, int[] fields, uint crc, int folded, int size, string name)
    {
        to.AddRange(U32(mark));
        foreach (var field in fields)
            to.AddRange(U16(field));
        to.AddRange([.. U32(crc), .. U32((uint)folded), .. U32((uint)size), .. U16(Encoding.UTF8.GetByteCount(name))]);
    }

    private static byte[] Deflate(byte[] content)
    {
        using var folded = new MemoryStream();
        using (var deflate = new DeflateStream(folded, CompressionLevel.Optimal))
            deflate.Write(content);
        return folded.ToArray();
    }

    private static byte[] U16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return bytes;
    }

    private static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
