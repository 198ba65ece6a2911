using System.IO.Hashing;
using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Archives: every member of any reading of them, storages of tensors excepted.</summary>
internal sealed partial class ContentScanner
{
    private const string PickleEntry = "data.pkl";

    private void ScanZips(ByteSource source, string name, string place, int depth)
    {
        var isCheckpoint = Path.GetExtension(name).Equals(".distcp", StringComparison.OrdinalIgnoreCase);
        if (!isCheckpoint || ZipEnds.Sequence(source, budget.Cancellation) is not { Count: > 1 } parts)
        {
            ScanZip(source, place, depth, hasPrefix: false);
            return;
        }

        foreach (var (start, length) in parts)
            ScanZip(source.Slice(start, length), Join(place, $"byte {start}"), depth, hasPrefix: false);
    }

    private void ScanZip(ByteSource source, string place, int depth, bool hasPrefix)
    {
        var zip = ZipReader.Read(source, budget.Cancellation, hasPrefix);
        foreach (var problem in zip.Problems)
            Add(Severity.Suspicious, place, problem, WhyArchive, FixArchive);
        if (zip.Start > 0 && !hasPrefix)
            ScanPickle(source, string.Empty, place, PersistentIds.Torch, depth);
        var storages = new Dictionary<string, long>(StringComparer.Ordinal);
        // The objects first: they say which of the other entries are raw storages.
        foreach (var entry in zip.Entries)
        {
            if (budget.IsExhausted)
                return;
            if (IsObjects(entry.Name))
                ScanObjects(source, entry, place, storages, depth);
        }

        foreach (var entry in zip.Entries)
        {
            if (budget.IsExhausted)
                return;
            if (IsObjects(entry.Name))
                continue;
            var isStorage = storages.TryGetValue(entry.Name, out var size);
            if (isStorage && entry.Size < size)
                AddShort(entry, size, place);
            if (isStorage && entry.IsStored)
                ScanStorage(source.Slice(entry.DataOffset, entry.CompressedSize), entry, place);
            else
                ScanEntry(source, entry, place, depth);
        }
    }

    private static bool IsObjects(string name) =>
        name == PickleEntry || name.EndsWith("/" + PickleEntry, StringComparison.Ordinal);

    private void ScanObjects(
        ByteSource source,
        ZipEntry entry,
        string place,
        Dictionary<string, long> storages,
        int depth
    )
    {
        var folder = entry.Name[..^PickleEntry.Length];
        WithContent(
            source,
            entry,
            place,
            (content, inside) =>
            {
                var scan = PickleScan.Run(
                    content,
                    0,
                    PersistentIds.Torch,
                    allowed,
                    budget,
                    (bytes, what) => Scan(bytes, "nested.pt", Join(inside, what), PersistentIds.Torch, depth + 1)
                );
                AddAll(scan, inside);
                foreach (var (key, size) in scan.Storages)
                    storages[$"{folder}data/{key}"] = size;
            }
        );
    }

    private void AddShort(ZipEntry entry, long size, string place) =>
        Add(
            Severity.Suspicious,
            Join(place, Printable.Escape(entry.Name)),
            $"storage of {entry.Size} bytes, where its tensor needs {size}",
            "torch.load reads memory beyond the storage, or fails.",
            FixArchive
        );

    // Numbers may look like the beginning of a pickle, but not name something and run to the end.
    private void ScanStorage(ByteSource storage, ZipEntry entry, string place)
    {
        var scan = PickleScan.Run(storage, 0, PersistentIds.Torch, allowed, budget, (_, _) => { });
        if (scan.Names == 0 || (scan.IsBroken && scan.Calls == 0))
            return;
        var inside = Join(place, Printable.Escape(entry.Name));
        Add(Severity.Suspicious, inside, "pickle in the place of a tensor's numbers", Why, FixPickle);
        AddAll(scan, inside);
    }

    private void ScanEntry(ByteSource source, ZipEntry entry, string place, int depth)
    {
        if (entry.Name.EndsWith('/') && entry.CompressedSize == 0)
            return;
        if (
            entry.Name.StartsWith("code/", StringComparison.Ordinal)
            || entry.Name.Contains("/code/", StringComparison.Ordinal)
        )
        {
            Add(
                Severity.Report,
                Join(place, Printable.Escape(entry.Name)),
                "TorchScript code, which runs with the model",
                "torch.jit.load runs it; it cannot reach Python, but can reach files through operators.",
                FixPickle
            );
        }
        else
        {
            var head = entry.IsStored ? source.Peek(entry.DataOffset, 4) : [];
            ReportProgram(entry.Name, head, Join(place, Printable.Escape(entry.Name)));
        }

        WithContent(
            source,
            entry,
            place,
            (content, inside) =>
            {
                Scan(content, entry.Name, inside, PersistentIds.Torch, depth + 1);
                if (entry.Name == SerializedEntry)
                    ScanSerialized(content, inside);
            }
        );
    }

    private void WithContent(ByteSource source, ZipEntry entry, string place, Action<ByteSource, string> use)
    {
        var inside = Join(place, Printable.Escape(entry.Name));
        var raw = source.Slice(entry.DataOffset, entry.CompressedSize);
        try
        {
            if (entry.IsStored)
            {
                use(raw, inside);
                CheckSum(raw, entry, inside);
                return;
            }

            using var content = new DecompressedSource(
                () => ZipMethods.Open(entry, raw),
                budget,
                ZipMethods.Cost(entry)
            );
            use(content, inside);
            if (content.Broken)
            {
                Add(
                    Severity.Suspicious,
                    inside,
                    "compressed entry is corrupt",
                    "A loader uses the data before the corruption.",
                    FixArchive
                );
            }
        }
        catch (UnscannableException error)
        {
            Add(Severity.Suspicious, inside, $"{error.Message}; not inspected", WhyHidden, FixArchive);
        }
    }

    // Only potential pickles are summed: the download verifies weights.
    private void CheckSum(ByteSource content, ZipEntry entry, string inside)
    {
        const long largest = 16 << 20;
        if (entry.CompressedSize <= largest && Checksum(content) != entry.Crc)
            Add(Severity.Suspicious, inside, "checksum does not match the archive", WhyArchive, FixArchive);
    }

    private static uint Checksum(ByteSource content)
    {
        var crc = new Crc32();
        crc.Append(new SourceStream(content));
        return crc.GetCurrentHashAsUInt32();
    }

    private void ScanTar(ByteSource source, string place, int depth)
    {
        var tar = new TarReader(source, budget.Cancellation);
        var members = new List<(long Start, long End)>();
        foreach (var member in tar.Members())
        {
            if (budget.IsExhausted)
                return;
            if (member.IsLink || member.IsSpecial || member.Length == 0)
                continue;
            members.Add((member.DataOffset, member.DataOffset + member.Length));
            ReportProgram(member.Name, source.Peek(member.DataOffset, 4), Join(place, Printable.Escape(member.Name)));
            var inside = Join(place, Printable.Escape(member.Name));
            var content = source.Slice(member.DataOffset, member.Length);
            var plain = member.Name.StartsWith("./", StringComparison.Ordinal) ? member.Name[2..] : member.Name;
            if (plain is "storages" or "tensors" or "pickle" or "sys_info")
                ScanTorchTar(content, plain, inside, depth);
            else
                Scan(content, member.Name, inside, PersistentIds.None, depth + 1);
        }

        foreach (var problem in tar.Problems)
            Add(Severity.Suspicious, place, problem, WhyArchive, FixArchive);
        ScanTail(source, members, place, depth);
    }

    private void ReportProgram(string name, ReadOnlySpan<byte> head, string place)
    {
        if (PickleName.IsProgram(name) || head.StartsWith(MagicNumbers.Elf))
        {
            Add(
                Severity.Report,
                place,
                "program or Python code in an archive",
                "Servers and exported models extract such files and run them.",
                "Review it before loading the archive."
            );
        }
    }

    private void ScanTorchTar(ByteSource content, string member, string place, int depth)
    {
        if (member is "storages" or "tensors")
        {
            var findings = new PickleFindings();
            TorchTar.Scan(content, member == "tensors", findings, allowed, budget);
            foreach (var entry in findings.Entries)
                Add(entry.Severity, Join(place, $"byte {entry.Offset}, {entry.Opcode}"), entry.Message, Why, FixPickle);
            return;
        }

        AddAll(
            PickleScan.Run(
                content,
                0,
                PersistentIds.TorchTar,
                allowed,
                budget,
                (bytes, what) => Scan(bytes, "nested.pt", Join(place, what), PersistentIds.Torch, depth + 1)
            ),
            place
        );
    }
}
