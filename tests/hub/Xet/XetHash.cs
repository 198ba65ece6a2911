using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NixAiModels.TestHub.Xet;

/// <summary>Hashes of chunks, xorbs and files (xet-core, <c>merklehash/</c>). They are written as four numbers, each
/// with its highest digit first.</summary>
internal static class XetHash
{
    private const int MostChildren = 9;
    private const int BranchFactor = 4;

    private static ReadOnlySpan<byte> ChunkKey =>
        [
            102,
            151,
            245,
            119,
            91,
            149,
            80,
            222,
            49,
            53,
            203,
            172,
            165,
            151,
            24,
            28,
            157,
            228,
            33,
            16,
            155,
            235,
            43,
            88,
            180,
            208,
            176,
            75,
            147,
            173,
            242,
            41,
        ];

    private static ReadOnlySpan<byte> NodeKey =>
        [
            1,
            126,
            197,
            199,
            165,
            71,
            41,
            150,
            253,
            148,
            102,
            102,
            180,
            138,
            2,
            230,
            93,
            221,
            83,
            111,
            55,
            199,
            109,
            210,
            248,
            99,
            82,
            230,
            74,
            83,
            113,
            63,
        ];

    /// <summary>The hash of a chunk.</summary>
    public static string OfChunk(ReadOnlySpan<byte> bytes) => Hex(Blake3.Hash(ChunkKey, bytes));

    /// <summary>The hash of a xorb: the root of a tree over its chunks.</summary>
    public static string OfXorb(IEnumerable<(string Hash, long Length)> chunks)
    {
        var nodes = chunks.ToList();
        while (nodes.Count > 1)
        {
            var parents = new List<(string, long)>();
            var start = 0;
            while (start < nodes.Count)
            {
                var count = ChildrenFrom(nodes, start);
                parents.Add(ParentOf(nodes.GetRange(start, count)));
                start += count;
            }

            nodes = parents;
        }

        return nodes[0].Hash;
    }

    /// <summary>The hash of a file: that of its chunks as a xorb, hashed once more.</summary>
    public static string OfFile(IEnumerable<(string Hash, long Length)> chunks)
    {
        if (!chunks.Any())
            return new string('0', 2 * Blake3.Length);
        var root = OfXorb(chunks);
        var bytes = new byte[Blake3.Length];
        for (var i = 0; i < 4; i++)
        {
            var word = ulong.Parse(root.AsSpan(16 * i, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), word);
        }

        return Hex(Blake3.Hash(new byte[Blake3.Length], bytes));
    }

    private static int ChildrenFrom(List<(string Hash, long Length)> nodes, int start)
    {
        var most = Math.Min(MostChildren, nodes.Count - start);
        for (var i = 2; i < most; i++)
        {
            var last = nodes[start + i].Hash[^16..];
            if (ulong.Parse(last, NumberStyles.HexNumber, CultureInfo.InvariantCulture) % BranchFactor == 0)
                return i + 1;
        }

        return most;
    }

    private static (string Hash, long Length) ParentOf(List<(string Hash, long Length)> children)
    {
        var text = string.Concat(children.Select(child => $"{child.Hash} : {child.Length}\n"));
        return (Hex(Blake3.Hash(NodeKey, Encoding.ASCII.GetBytes(text))), children.Sum(child => child.Length));
    }

    private static string Hex(ReadOnlySpan<byte> hash)
    {
        var text = new StringBuilder(64);
        for (var i = 0; i < 4; i++)
            text.Append(BinaryPrimitives.ReadUInt64LittleEndian(hash[(8 * i)..]).ToString("x16"));
        return text.ToString();
    }
}
