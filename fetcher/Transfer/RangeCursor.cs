using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>The progress in a range.</summary>
internal sealed class RangeCursor(ByteRange range, int generation, IncrementalHash? hash)
{
    public ByteRange Range => range;

    /// <summary>The file's generation that the bytes belong to.</summary>
    public int Generation => generation;

    public IncrementalHash? Hash => hash;

    public long Position { get; set; } = range.Offset;

    /// <summary>What has not arrived of the range.</summary>
    public ByteRange Rest => new(Position, range.End - Position);

    /// <summary>Whether the file has been restarted or verified: these bytes are no longer wanted.</summary>
    public bool IsStale { get; set; }

    /// <summary>How many bytes have been written on behalf of this range, anywhere in the file.</summary>
    public long Written { get; set; }
}
