using System.Buffers.Binary;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Formats;

/// <summary>The little of HDF5 that must be known here: its signature, its stated length, and where attributes could be
/// hidden from a look at the bytes (HDF5 File Format Specification, version 3.0: II.A superblock, III.G fractal
/// heap).</summary>
internal static class Hdf5
{
    /// <summary>Whether bytes begin with the signature, at 0 or after a user block of 512, 1024 or 2048
    /// bytes.</summary>
    public static bool IsSignature(ReadOnlySpan<byte> head) => SignatureOffset(head) >= 0;

    /// <summary>The length that the superblock states, or <see langword="null"/> if unknown.</summary>
    public static ulong? StatedLength(ReadOnlySpan<byte> head)
    {
        var at = SignatureOffset(head);
        if (at < 0 || head.Length < at + 64)
            return null;
        var block = head[at..];
        var (sizeOfOffsets, end) = block[8] switch
        {
            0 => (block[13], 40),
            1 => (block[13], 44),
            2 or 3 => (block[9], 28),
            _ => ((byte)0, 0),
        };
        return sizeOfOffsets == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(block[end..]) : null;
    }

    /// <summary>Whether a fractal heap with filters stands anywhere: attributes in it could be compressed, and no
    /// writer of models makes one.</summary>
    public static long? FilteredHeap(FileBytes file, CancellationToken cancellation)
    {
        const int window = 1024 * 1024;
        const int headerStart = 9;
        for (long position = 0; position < file.Length; position += window - headerStart)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = file.Peek(position, window);
            var at = bytes.AsSpan().IndexOf("FRHP"u8);
            while (at >= 0)
            {
                if (
                    at + headerStart <= bytes.Length
                    && bytes[at + 4] == 0
                    && BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 7)) != 0
                )
                {
                    return position + at;
                }

                var next = bytes.AsSpan(at + 4).IndexOf("FRHP"u8);
                at = next < 0 ? -1 : at + 4 + next;
            }
        }

        return null;
    }

    private static int SignatureOffset(ReadOnlySpan<byte> head)
    {
        foreach (var at in (ReadOnlySpan<int>)[0, 512, 1024, 2048])
        {
            if (head.Length >= at + MagicNumbers.Hdf5.Length && head[at..].StartsWith(MagicNumbers.Hdf5))
                return at;
        }

        return -1;
    }
}
