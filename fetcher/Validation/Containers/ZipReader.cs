using NixAiModels.Paths;
using static NixAiModels.Validation.Containers.ZipRecords;

namespace NixAiModels.Validation.Containers;

/// <summary>Everything that any reader of a zip might take for a member: what the central directory lists, what local
/// headers say, and what lies in bytes that the directory does not account for.</summary>
/// <remarks>PyTorch (miniz), Python's zipfile and readers of streams believe different records. Where two of them
/// disagree, that is a problem of its own, and each version is listed.</remarks>
internal sealed class ZipReader
{
    private const int MaxEntries = 200_000;
    private const int MaxProblems = 20;
    private const long MaxSearched = 64L << 20;

    private readonly ByteSource _source;
    private readonly List<ZipEntry> _entries = [];
    private readonly List<string> _problems = [];
    private readonly List<(long Start, long End)> _covered = [];
    private readonly HashSet<long> _knownLocals = [];
    private readonly CancellationToken _cancellation;
    private long _searched;
    private int _listed;

    private ZipReader(ByteSource source, CancellationToken cancellation)
    {
        _source = source;
        _cancellation = cancellation;
    }

    /// <summary>The members, all versions of them.</summary>
    public IReadOnlyList<ZipEntry> Entries => _entries;

    /// <summary>Where the records contradict each other, or hide something.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Where the first byte is that belongs to the archive.</summary>
    public long Start { get; private set; }

    /// <summary>Reads the records of an archive.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="hasPrefix">Whether the archive may stand at the end of another format (TensorFlow Lite's
    /// metadata).</param>
    public static ZipReader Read(ByteSource source, CancellationToken cancellation, bool hasPrefix = false)
    {
        var reader = new ZipReader(source, cancellation);
        var ends = ZipEnds.Find(source);
        if (ends.Count == 0)
            reader.Problem("no central directory");
        else
            reader.ReadDirectories(ends);
        if (hasPrefix && reader._covered.Count > 0)
            reader._covered.Add((0, reader._covered.Min(part => part.Start)));
        reader.ReadGaps();
        reader.CheckNames();
        return reader;
    }

    private void ReadDirectories(IReadOnlyList<EndRecord> ends)
    {
        if (ends[^1].End != _source.Length)
            Problem("data after the end record, or a truncated comment");
        ReadDirectory(ends[^1]);
        var members = _entries
            .Where(entry => entry.IsStored)
            .Select(entry => (entry.DataOffset, entry.DataOffset + entry.CompressedSize))
            .ToList();
        foreach (var end in ends.SkipLast(1).Where(end => !ZipEnds.IsInMember(_source, end, members)))
        {
            Problem("more than one central directory; readers differ in which one they use");
            ReadDirectory(end);
        }
    }

    private void ReadDirectory(EndRecord end)
    {
        // Python's zipfile takes the directory right before the end record and moves every offset by the difference;
        // others go by the offset.
        var actual = end.DirectoryEnd - end.DirectorySize;
        var shift = actual - end.DirectoryOffset;
        if (shift != 0)
        {
            Problem("data before the archive, or wrong offsets");
            if (ReadCentral(_source, end.DirectoryOffset) is not null)
                ReadDirectory(end, end.DirectoryOffset, end.DirectoryOffset + end.DirectorySize, 0);
        }

        ReadDirectory(end, actual, end.DirectoryEnd, shift);
        _covered.Add((end.DirectoryEnd, end.End));
    }

    private void ReadDirectory(EndRecord end, long position, long directoryEnd, long shift)
    {
        var start = position;
        long count = 0;
        while (position < directoryEnd && ReadCentral(_source, position) is { } central)
        {
            _cancellation.ThrowIfCancellationRequested();
            count++;
            if (++_listed > MaxEntries)
                throw new UnscannableException($"more than {MaxEntries} entries");
            position += central.RecordSize;
            AddListed(central, central.LocalOffset + shift);
        }

        if (position != directoryEnd || count != end.Count)
            Problem("size of the central directory does not match the end record");
        _covered.Add((start, position));
    }

    private void AddListed(Header central, long localOffset)
    {
        if ((central.Flags & Header.HidingFlags) != 0)
            Problem($"entry {Printable.Escape(central.Name)} has flags of encryption or patches, which readers ignore");
        var local = ReadLocal(_source, localOffset);
        if (local is null)
        {
            Problem($"listed entry {Printable.Escape(central.Name)} is missing");
            return;
        }

        if (!_knownLocals.Add(localOffset))
            Problem($"duplicate listing of the data of {Printable.Escape(central.Name)}");
        var data = localOffset + local.RecordSize;
        Add(new ZipEntry(central.Name, central.Method, central.Crc, data, central.CompressedSize, central.Size));
        _covered.Add((localOffset, data + central.CompressedSize + DescriptorLength(local, central, data)));
        Compare(central, local, data);
    }

    private void Compare(Header central, Header local, long data)
    {
        var name = Printable.Escape(central.Name);
        if ((central.OtherName ?? local.OtherName) is { } other)
            Problem($"entry {name} has the Unicode name {Printable.Escape(other)}");
        if (local.Name != central.Name)
            Problem($"entry {name} has the local name {Printable.Escape(local.Name)}");
        if ((local.Flags & Header.HidingFlags) != (central.Flags & Header.HidingFlags))
            Problem($"local and central flags of {name} differ");
        // Where sizes follow the data the local ones are zero, or all ones with a zip64 field.
        var differs =
            !(local.HasDescriptor && local.CompressedSize is 0 or uint.MaxValue)
            && (
                local.CompressedSize != central.CompressedSize || local.Size != central.Size || local.Crc != central.Crc
            );
        if (local.Method != central.Method || differs)
        {
            Problem($"local and central size, checksum or method of {name} differ");
            Add(new ZipEntry(local.Name, local.Method, local.Crc, data, local.CompressedSize, local.Size));
            if (local.Method != central.Method)
                Add(new ZipEntry(local.Name, local.Method, local.Crc, data, central.CompressedSize, central.Size));
        }
        else if (central is { Method: ZipEntry.Stored } && central.CompressedSize != central.Size)
        {
            Problem($"stored entry {name} has {central.CompressedSize} bytes instead of the stated {central.Size}");
        }
    }

    private long DescriptorLength(Header local, Header central, long data)
    {
        if (!local.HasDescriptor)
            return 0;
        // With or without its signature, with sizes of four or of eight bytes (APPNOTE 4.3.9): the one that fits.
        var bytes = _source.Peek(data + central.CompressedSize, 24);
        var marked = bytes.Length >= 4 && BitConverter.ToUInt32(bytes) == DescriptorSignature ? 4 : 0;
        if (
            bytes.Length >= marked + 20
            && BitConverter.ToInt64(bytes, marked + 4) == central.CompressedSize
            && BitConverter.ToInt64(bytes, marked + 12) == central.Size
        )
        {
            return marked + 20;
        }

        return Math.Min(bytes.Length, marked + 12);
    }

    // Bytes that no record accounts for: a streaming reader, or one that goes by another directory, finds entries
    // there.
    private void ReadGaps()
    {
        _covered.Sort();
        Start = _covered.Count == 0 ? 0 : _covered[0].Start;
        var gaps = new List<(long Start, long End)>();
        long reached = 0;
        foreach (var (start, end) in _covered)
        {
            if (start > reached)
                gaps.Add((reached, start));
            else if (start < reached)
                Problem("overlapping entries");
            reached = Math.Max(reached, end);
        }

        if (reached < _source.Length)
            gaps.Add((reached, _source.Length));
        foreach (var (start, end) in gaps)
            ReadGap(start, end);
    }

    private void ReadGap(long start, long end)
    {
        var buffer = new byte[64 * 1024];
        var any = false;
        var position = start;
        while (position < end)
        {
            _cancellation.ThrowIfCancellationRequested();
            if ((_searched += buffer.Length) > MaxSearched)
                throw new UnscannableException("too many bytes outside the entries to inspect");
            var read = _source.Read(position, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)));
            if (read == 0)
                break;
            var found = Next(buffer.AsSpan(0, read), 0, "PK\x03\x04"u8);
            any |= buffer.AsSpan(0, read).ContainsAnyExcept((byte)0);
            if (found < 0)
            {
                // Three bytes of a signature may be at the end of this buffer.
                position += position + read < end ? Math.Max(1, read - 3) : read;
            }
            else
            {
                position = AddHidden(position + found, end);
            }
        }

        if (any)
            Problem("bytes outside the entries");
    }

    private long AddHidden(long position, long end)
    {
        if (ReadLocal(_source, position) is not { } local)
            return position + 4;
        Problem($"unlisted entry {Printable.Escape(local.Name)}");
        var data = position + local.RecordSize;
        // An unknown length reaches to the end of the gap: a deflated stream knows where it ends, and so does a pickle.
        var isStated = local.CompressedSize is > 0 and < uint.MaxValue && data + local.CompressedSize <= end;
        var length = isStated ? local.CompressedSize : Math.Max(0, end - data);
        Add(new ZipEntry(local.Name, local.Method, local.Crc, data, length, isStated ? local.Size : length));
        return isStated ? data + length : Math.Min(end, data + 1);
    }

    private void CheckNames()
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in _entries)
        {
            var name = Printable.Escape(entry.Name);
            if (!seen.Add(entry.Name))
                Problem($"duplicate entry {name}; readers differ in which one they use");
            if (entry.Name.Contains('\0'))
                Problem($"entry with a NUL in its name, where readers cut it: {name}");
            if (!RelativePath.IsInsideOnAnySystem(entry.Name))
                Problem($"entry outside the folder: {name}");
        }
    }

    private void Add(ZipEntry entry)
    {
        if (_entries.Count >= MaxEntries)
            throw new UnscannableException($"more than {MaxEntries} entries");
        _entries.Add(entry);
    }

    private void Problem(string what)
    {
        if (_problems.Count < MaxProblems && !_problems.Contains(what))
            _problems.Add(what);
    }

    private static int Next(ReadOnlySpan<byte> bytes, int from, ReadOnlySpan<byte> signature)
    {
        var at = bytes[from..].IndexOf(signature);
        return at < 0 ? -1 : from + at;
    }
}
