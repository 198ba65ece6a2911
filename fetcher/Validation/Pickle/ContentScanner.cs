using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Looks into a file as deep as it goes: what it is by its bytes, the archives in it, every pickle in
/// those.</summary>
/// <param name="file">The file's path in the model.</param>
/// <param name="report">Takes the findings.</param>
/// <param name="budget">The scan's bounds.</param>
internal sealed partial class ContentScanner(string file, Action<Finding> report, ScanBudget budget)
{
    private const int DeepestNesting = 6;
    private const string Why = "Loading a pickle runs whatever it says; nobody can look at the file and see it.";
    private const string WhyArchive =
        "Programs that read archives disagree on such files: what one shows, another does not load.";
    private const string WhyHidden = "What cannot be looked into cannot be trusted.";
    private const string FixPickle =
        "Use the model's safetensors files, or ask its author for them; load it only if you trust the author as you would a program's.";
    private const string FixArchive = "Ask the author for a file that was saved in the usual way.";

    /// <summary>Scans bytes.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="name">The name that they have, for its extension.</param>
    /// <param name="place">Where in the file they are; empty for the file itself.</param>
    /// <param name="ids">Who would resolve persistent ids.</param>
    /// <param name="depth">How many containers they are inside of.</param>
    /// <returns>What the bytes are.</returns>
    public ContentKind Scan(ByteSource source, string name, string place, PersistentIds ids, int depth)
    {
        budget.Cancellation.ThrowIfCancellationRequested();
        var kind = ContentSniffer.Sniff(source);
        try
        {
            if (depth > DeepestNesting)
                throw new UnscannableException("has archives nested too deeply");
            ScanAs(kind, source, name, place, ids, depth);
            if (kind is not (ContentKind.Zip or ContentKind.Empty))
                ScanTail(source, place, depth);
        }
        catch (UnscannableException error)
        {
            Add(Severity.Suspicious, place, $"{error.Message}; it has not been looked into", WhyHidden, FixArchive);
        }

        return kind;
    }

    private void ScanAs(ContentKind kind, ByteSource source, string name, string place, PersistentIds ids, int depth)
    {
        switch (kind)
        {
            case ContentKind.Empty:
                if (PickleName.IsPickle(name))
                {
                    Add(
                        Severity.Report,
                        place,
                        "is empty",
                        "A file of weights holds something.",
                        "Download the file again."
                    );
                }

                break;
            case ContentKind.Zip:
                ScanZip(source, place, depth);
                break;
            case ContentKind.Tar:
                // The name of the first member is the file's beginning: it may be written as a pickle.
                ScanPickle(source, string.Empty, place, ids, depth);
                ScanTar(source, place, depth);
                break;
            case ContentKind.SevenZip or ContentKind.Rar:
                throw new UnscannableException($"is a {kind} archive, which no loader of models needs");
            case ContentKind.Npy:
                ScanArray(source, place);
                break;
            case ContentKind.Bzip2:
                // Its mark is also BINBYTES with a length.
                ScanPickle(source, string.Empty, place, ids, depth);
                ScanCompressed(kind, source, name, place, ids, depth);
                break;
            case ContentKind.Unknown:
                if (PickleName.IsCompressed(name))
                {
                    Add(
                        Severity.Suspicious,
                        place,
                        "has the name of something compressed and none of the marks",
                        WhyHidden,
                        FixArchive
                    );
                }

                ScanPickle(source, name, place, ids, depth);
                break;
            default:
                ScanCompressed(kind, source, name, place, ids, depth);
                break;
        }
    }

    private void ScanCompressed(
        ContentKind kind,
        ByteSource source,
        string name,
        string place,
        PersistentIds ids,
        int depth
    )
    {
        var decoder =
            Decoders.Open(kind, source)
            ?? throw new UnscannableException($"is compressed in a way that has no decoder here ({kind})");
        using var unfolded = new DecompressedSource(decoder, budget, Decoders.Cost(kind));
        var inner =
            PickleName.IsCompressed(name) || Path.GetExtension(name).Equals(".z", StringComparison.OrdinalIgnoreCase)
                ? Path.GetFileNameWithoutExtension(name)
                : name;
        Scan(unfolded, inner, Join(place, $"{kind.ToString().ToLowerInvariant()} content"), ids, depth + 1);
        if (!unfolded.Broken)
            return;
        // Two bytes of raw weights may look like a zlib stream; that they also unfold to something is no chance.
        if (kind != ContentKind.Zlib || unfolded.Decompressed > 0 || PickleName.IsPickle(name) || inner != name)
        {
            Add(
                Severity.Suspicious,
                place,
                $"is a {kind} stream that breaks",
                "A loader uses what comes before the break.",
                FixArchive
            );
        }
        else
        {
            ScanPickle(source, name, place, ids, depth);
        }
    }

    private void ScanPickle(ByteSource source, string name, string place, PersistentIds ids, int depth)
    {
        var scan = PickleScan.Run(
            source,
            0,
            ids,
            budget,
            (bytes, what) => Scan(bytes, "nested.pt", Join(place, what), PersistentIds.Torch, depth + 1)
        );
        if (IsPickle(scan, HasMagicNumber(source, 0), name))
            AddAll(scan, place);
        else if (PickleName.IsPickle(name))
            AddDisguised(source, place);
    }

    private static bool HasMagicNumber(ByteSource source, long position) =>
        source.Peek(position, 3) is [0x80, <= 5, var next] && Enum.IsDefined((Opcode)next);

    // A stream without protocol 2's mark is text or numbers to most programs: it counts when it names something, and
    // does something with it.
    private static bool IsPickle(PickleScan scan, bool isMarked, string name) =>
        isMarked
        || (
            scan.Names > 0
            && (
                scan.Findings.Worst == Severity.Dangerous
                || !scan.IsBroken
                || scan.Calls > 0
                || PickleName.IsWeights(name)
            )
        )
        || (
            !scan.IsBroken
            && (PickleName.IsPickle(name) || (scan.Calls > 0 && scan.Findings.Worst >= Severity.Suspicious))
        );

    private void AddDisguised(ByteSource source, string place)
    {
        if (source.Peek(0, 40).AsSpan().StartsWith("version https://git-lfs.github.com/spec"u8))
        {
            Add(
                Severity.Report,
                place,
                "is a pointer of Git LFS and not the file itself",
                "The weights are missing.",
                "Download the file itself, e.g. with git lfs pull."
            );
        }
        else
        {
            Add(
                Severity.Suspicious,
                place,
                "has a pickle's name and is none, nor an archive of them",
                "A file that is not what its name says was damaged, or is meant for another program.",
                FixArchive
            );
        }
    }

    // An archive behind something else: who looks at the end finds it, who looks at the beginning does not.
    private void ScanTail(ByteSource source, string place, int depth)
    {
        if (source is DecompressedSource || !ZipReader.EndsIn(source))
            return;
        Add(Severity.Suspicious, place, "has a zip archive behind its beginning", WhyArchive, FixArchive);
        ScanZip(source, place, depth);
    }

    private void ScanArray(ByteSource source, string place)
    {
        var header = NpyHeader.Read(source);
        if (header is null)
        {
            Add(Severity.Suspicious, place, "has a numpy header that cannot be read", WhyHidden, FixArchive);
            return;
        }

        if (!header.MayHaveObjects)
            return;
        var scan = PickleScan.Run(source, header.DataOffset, PersistentIds.None, budget, (_, _) => { });
        if (header.HasObjects || IsPickle(scan, HasMagicNumber(source, header.DataOffset), string.Empty))
        {
            Add(Severity.Report, place, "is a numpy array of Python objects, which are pickled", Why, FixPickle);
            AddAll(scan, place);
        }
    }

    private void AddAll(PickleScan scan, string place)
    {
        foreach (var entry in scan.Findings.Entries)
            Add(entry.Severity, Join(place, $"byte {entry.Offset}, {entry.Opcode}"), entry.Message, Why, FixPickle);
    }

    private void Add(Severity severity, string place, string message, string why, string fix) =>
        report(
            new Finding(PickleScanner.Validator, severity, file, place.Length == 0 ? null : place, message, why, fix)
        );

    private static string Join(string place, string part) => place.Length == 0 ? part : $"{place}: {part}";
}
