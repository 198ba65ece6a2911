using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Looks into a file as deep as it goes: what it is by its bytes, the archives in it, every pickle in
/// those.</summary>
/// <param name="file">The file's path in the model.</param>
/// <param name="report">Takes the findings.</param>
/// <param name="allowed">The names that the user allows.</param>
/// <param name="budget">The scan's bounds.</param>
internal sealed partial class ContentScanner(
    string file,
    Action<Finding> report,
    AllowedNames allowed,
    ScanBudget budget
)
{
    private const int MaxDepth = 6;
    private const string Why = "Loading a pickle runs code from it.";
    private const string WhyArchive = "Programs disagree on such archives: one does not show what another loads.";
    private const string WhyHidden = "Content that cannot be inspected cannot be trusted.";
    private const string FixPickle =
        "Use the model's safetensors files, or ask its author for them; load a pickle only if you would run "
        + "its author's programs.";
    private const string FixArchive = "Ask the author for a file saved by the standard tools.";

    private int _findings;

    /// <summary>Scans bytes and everything nested in them.</summary>
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
            if (depth > MaxDepth)
                throw new UnscannableException("archives nested too deeply");
            if (depth > 0)
                budget.Enter();
            ScanAs(kind, source, name, place, ids, depth);
            if (kind is not (ContentKind.Zip or ContentKind.Tar or ContentKind.Empty))
                ScanTail(source, [], place, depth);
        }
        catch (UnscannableException error)
        {
            Add(Severity.Suspicious, place, $"{error.Message}; not inspected", WhyHidden, FixArchive);
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
                        "A file of weights is never empty.",
                        "Download the file again."
                    );
                }

                break;
            case ContentKind.Zip:
                ScanZips(source, name, place, depth);
                break;
            case ContentKind.Tar:
                // The name of the first member is the file's beginning: it may be written as a pickle.
                ScanPickle(source, string.Empty, place, ids, depth);
                ScanTar(source, place, depth);
                break;
            case ContentKind.SevenZip or ContentKind.Rar:
                if (!PickleName.IsSevenZipOrRar(name))
                    throw new UnscannableException($"{kind} archive, which loaders of models do not read");
                Add(
                    Severity.Report,
                    place,
                    $"{kind} archive, which is not inspected",
                    "Loaders of models do not read such archives; people extract them.",
                    "Exclude it, or extract and validate it before use."
                );
                break;
            case ContentKind.Npy:
                ScanArray(source, place);
                break;
            case ContentKind.Bzip2:
                // The magic number is also BINBYTES with a length.
                ScanPickle(source, string.Empty, place, ids, depth);
                ScanCompressed(kind, source, name, place, ids, depth);
                break;
            case ContentKind.Unknown:
                if (PickleName.IsCompressed(name))
                {
                    Add(
                        Severity.Suspicious,
                        place,
                        "has the name of a compressed file, but no known magic number",
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
        using var content = new DecompressedSource(
            () => Decoders.Open(kind, source) ?? throw new UnscannableException($"unsupported compression {kind}"),
            budget,
            Decoders.Cost(kind)
        );
        var inner =
            PickleName.IsCompressed(name) || Path.GetExtension(name).Equals(".z", StringComparison.OrdinalIgnoreCase)
                ? Path.GetFileNameWithoutExtension(name)
                : name;
        var before = _findings;
        var found = Scan(content, inner, Join(place, $"{kind.ToString().ToLowerInvariant()} content"), ids, depth + 1);
        if (!content.Broken)
            return;
        // Raw numbers may begin like zlib (two bytes) or LZMA (mostly zeros), and even decompress to something; by
        // chance that is not what a loader takes.
        var isChance = kind is ContentKind.Zlib or ContentKind.LzmaAlone && inner == name && !PickleName.IsPickle(name);
        if (!isChance || found is not (ContentKind.Unknown or ContentKind.Empty) || _findings > before)
        {
            Add(
                Severity.Suspicious,
                place,
                $"{kind} stream that is corrupt, or that other data follows",
                "A loader uses the data before the corruption.",
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
            allowed,
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

    // A stream without the magic number of protocol 2 is text or numbers to most programs: it counts when it names
    // something, and does something with it.
    private static bool IsPickle(PickleScan scan, bool hasMagicNumber, string name) =>
        hasMagicNumber
        || (scan.Names > 0 && (!scan.IsBroken || scan.Calls > 0 || PickleName.IsWeights(name)))
        || (
            !scan.IsBroken
            && (PickleName.IsPickle(name) || (scan.Calls > 0 && scan.Findings.Worst >= Severity.Suspicious))
        );

    private void AddDisguised(ByteSource source, string place)
    {
        if (MagicNumbers.IsGitLfs(source.Peek(0, 64)))
        {
            Add(
                Severity.Report,
                place,
                "is a Git LFS pointer instead of the content",
                "The weights are missing.",
                "Fetch the content: git lfs pull"
            );
        }
        else
        {
            Add(
                Severity.Suspicious,
                place,
                "has the name of a pickle, but is neither a pickle nor an archive of pickles",
                "It is damaged, or meant for another program.",
                FixArchive
            );
        }
    }

    // An archive after something else: readers that begin at the end find it, others do not.
    private void ScanTail(ByteSource source, IReadOnlyList<(long Start, long End)> members, string place, int depth)
    {
        if (source is DecompressedSource || !ZipEnds.IsAppended(source, members))
            return;
        if (source.Peek(4, 4).AsSpan().SequenceEqual("TFL3"u8))
        {
            // TensorFlow Lite's metadata: the files that a model brings along, such as its labels.
            ScanZip(source, place, depth, hasPrefix: true);
            return;
        }

        Add(Severity.Suspicious, place, "zip archive appended to another format", WhyArchive, FixArchive);
        ScanZip(source, place, depth, hasPrefix: false);
    }

    private void ScanArray(ByteSource source, string place)
    {
        var header = NpyHeader.Read(source);
        if (header is null)
        {
            Add(Severity.Suspicious, place, "invalid numpy header", WhyHidden, FixArchive);
            return;
        }

        if (!header.MayHaveObjects)
            return;
        var scan = PickleScan.Run(source, header.DataOffset, PersistentIds.None, allowed, budget, (_, _) => { });
        if (header.HasObjects || IsPickle(scan, HasMagicNumber(source, header.DataOffset), string.Empty))
        {
            Add(Severity.Report, place, "numpy array of pickled Python objects", Why, FixPickle);
            AddAll(scan, place);
        }
    }

    private void AddAll(PickleScan scan, string place)
    {
        // A name is offered where it alone stands in the way.
        var isOfferable = scan.Findings.Entries.All(entry =>
            entry.Severity < Severity.Suspicious || entry.Allowable is not null
        );
        foreach (var entry in scan.Findings.Entries)
        {
            Add(
                entry.Severity,
                Join(place, $"byte {entry.Offset}, {entry.Opcode}"),
                entry.Message,
                Why,
                FixPickle,
                isOfferable ? entry.Allowable : null
            );
        }
    }

    private void Add(Severity severity, string place, string message, string why, string fix, string? allowable = null)
    {
        _findings++;
        report(
            new Finding(PickleScanner.Validator, severity, file, place.Length == 0 ? null : place, message, why, fix)
            {
                Allowable = allowable,
            }
        );
    }

    private static string Join(string place, string part) => place.Length == 0 ? part : $"{place}: {part}";
}
