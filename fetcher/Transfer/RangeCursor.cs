using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>The progress in a range.</summary>
internal sealed class RangeCursor(ByteRange range, IncrementalHash? hash)
{
    public ByteRange Range => range;

    public IncrementalHash? Hash => hash;

    public long Position { get; set; } = range.Offset;

    /// <summary>How many bytes have been written on behalf of this range, anywhere in the file.</summary>
    public long Written { get; set; }
}
