using System.Buffers.Binary;
using System.Numerics;

namespace NixAiModels.TestHub.Xet;

/// <summary>BLAKE3's keyed hash (BLAKE3 specification, section 2), one block at a time.</summary>
internal static class Blake3
{
    public const int Length = 32;

    private const int ChunkLength = 1024;
    private const int BlockLength = 64;
    private const uint ChunkStart = 1;
    private const uint ChunkEnd = 2;
    private const uint Parent = 4;
    private const uint Root = 8;
    private const uint Keyed = 16;

    private static ReadOnlySpan<uint> InitialValue =>
        [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    private static ReadOnlySpan<byte> Permutation => [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

    /// <summary>The hash of bytes with a key of 32 bytes.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes)
    {
        Span<uint> words = stackalloc uint[8];
        Read(key, words);
        Span<uint> result = stackalloc uint[8];
        Subtree(words, bytes, 0, Root, result);
        var hash = new byte[Length];
        for (var i = 0; i < 8; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(4 * i), result[i]);
        return hash;
    }

    /// <summary>The chaining value of some chunks: of one, or of the two subtrees of which the left one is the largest
    /// complete one.</summary>
    private static void Subtree(
        ReadOnlySpan<uint> key,
        ReadOnlySpan<byte> bytes,
        ulong chunk,
        uint root,
        Span<uint> result
    )
    {
        if (bytes.Length <= ChunkLength)
        {
            OneChunk(key, bytes, chunk, root, result);
            return;
        }

        var chunks = (uint)((bytes.Length - 1) / ChunkLength);
        var left = 1u << BitOperations.Log2(chunks);
        Span<uint> block = stackalloc uint[16];
        Subtree(key, bytes[..(int)(left * ChunkLength)], chunk, 0, block[..8]);
        Subtree(key, bytes[(int)(left * ChunkLength)..], chunk + left, 0, block[8..]);
        Compress(key, block, 0, BlockLength, Keyed | Parent | root, result);
    }

    private static void OneChunk(
        ReadOnlySpan<uint> key,
        ReadOnlySpan<byte> bytes,
        ulong chunk,
        uint root,
        Span<uint> result
    )
    {
        Span<uint> block = stackalloc uint[16];
        Span<byte> last = stackalloc byte[BlockLength];
        key.CopyTo(result);
        var flags = Keyed | ChunkStart;
        while (bytes.Length > BlockLength)
        {
            Read(bytes[..BlockLength], block);
            Compress(result, block, chunk, BlockLength, flags, result);
            bytes = bytes[BlockLength..];
            flags = Keyed;
        }

        last.Clear();
        bytes.CopyTo(last);
        Read(last, block);
        Compress(result, block, chunk, (uint)bytes.Length, flags | ChunkEnd | root, result);
    }

    private static void Compress(
        ReadOnlySpan<uint> chaining,
        ReadOnlySpan<uint> block,
        ulong counter,
        uint length,
        uint flags,
        Span<uint> result
    )
    {
        Span<uint> m = stackalloc uint[16];
        Span<uint> next = stackalloc uint[16];
        block.CopyTo(m);
        Span<uint> v = [.. chaining[..8], .. InitialValue[..4], (uint)counter, (uint)(counter >> 32), length, flags];
        for (var round = 0; ; round++)
        {
            Mix(v, 0, 4, 8, 12, m[0], m[1]);
            Mix(v, 1, 5, 9, 13, m[2], m[3]);
            Mix(v, 2, 6, 10, 14, m[4], m[5]);
            Mix(v, 3, 7, 11, 15, m[6], m[7]);
            Mix(v, 0, 5, 10, 15, m[8], m[9]);
            Mix(v, 1, 6, 11, 12, m[10], m[11]);
            Mix(v, 2, 7, 8, 13, m[12], m[13]);
            Mix(v, 3, 4, 9, 14, m[14], m[15]);
            if (round == 6)
                break;
            for (var i = 0; i < 16; i++)
                next[i] = m[Permutation[i]];
            next.CopyTo(m);
        }

        for (var i = 0; i < 8; i++)
            result[i] = v[i] ^ v[i + 8];
    }

    private static void Mix(Span<uint> v, int a, int b, int c, int d, uint x, uint y)
    {
        v[a] = v[a] + v[b] + x;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 12);
        v[a] = v[a] + v[b] + y;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 8);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 7);
    }

    private static void Read(ReadOnlySpan<byte> bytes, Span<uint> words)
    {
        for (var i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
    }
}
