using static NixAiModels.Validation.Containers.ZipRecords;

namespace NixAiModels.Validation.Containers;

/// <summary>The end records of zips, which readers search for from the end of a file.</summary>
internal static class ZipEnds
{
    private const int LongestComment = ushort.MaxValue;
    private const int MaxArchives = 200_000;
    private const int MaxCompared = 256;

    /// <summary>Every end record within reach of the source's end, in order; readers differ in which one they
    /// take.</summary>
    public static List<EndRecord> Find(ByteSource source)
    {
        var found = new List<EndRecord>();
        var start = Math.Max(0, source.Length - LongestComment - EndSize);
        var tail = source.Peek(start, LongestComment + EndSize);
        for (var at = 0; at < tail.Length; at += 4)
        {
            var next = tail.AsSpan(at).IndexOf("PK\x05\x06"u8);
            if (next < 0)
                break;
            at += next;
            if (ReadEnd(source, start + at) is { } end)
                found.Add(end);
        }

        return found;
    }

    /// <summary>Whether an archive ends where the source ends, whatever it begins with.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="members">The parts of the source that are members of another archive.</param>
    public static bool IsAppended(ByteSource source, IReadOnlyList<(long Start, long End)> members) =>
        Find(source)
            .Exists(end =>
                end.Count > 0
                && !IsInMember(source, end, members)
                && (
                    ReadCentral(source, end.DirectoryOffset)
                    ?? ReadCentral(source, end.DirectoryEnd - end.DirectorySize)
                )
                    is not null
            );

    /// <summary>Whether an archive is the content of a member alone: it lies in the member, and a reader that starts
    /// from the source's own beginning finds none of its entries.</summary>
    public static bool IsInMember(ByteSource source, EndRecord end, IReadOnlyList<(long Start, long End)> members)
    {
        var start = end.DirectoryEnd - end.DirectorySize;
        return end.End < source.Length
            && members.Any(member => member.Start <= start && end.End <= member.End)
            && !IsReadFromStart(source, end);
    }

    /// <summary>Where each of several archives begins that were written one after the other and are read by offset, as
    /// torch's distributed checkpoints are; <see langword="null"/> if the source is not wholly made of them.</summary>
    public static IReadOnlyList<(long Start, long Length)>? Sequence(ByteSource source, CancellationToken cancellation)
    {
        var parts = new List<(long Start, long Length)>();
        for (var length = source.Length; length > 0; length = parts[^1].Start)
        {
            cancellation.ThrowIfCancellationRequested();
            if (parts.Count == MaxArchives)
                throw new UnscannableException($"more than {MaxArchives} archives one after the other");
            if (ReadEnd(source.Slice(0, length), length - EndSize) is not { } end || end.End != length)
                return null;
            var start = end.DirectoryEnd - end.DirectorySize - end.DirectoryOffset;
            if (start < 0 || start >= length)
                return null;
            parts.Add((start, length - start));
        }

        parts.Reverse();
        return parts;
    }

    private static bool IsReadFromStart(ByteSource source, EndRecord end)
    {
        var position = end.DirectoryOffset;
        for (var count = 0; ReadCentral(source, position) is { } central; count++)
        {
            // Raw data may look like a header once, not as often as that.
            if (count == MaxCompared || ReadLocal(source, central.LocalOffset)?.Name == central.Name)
                return true;
            position += central.RecordSize;
        }

        return false;
    }
}
