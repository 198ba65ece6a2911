namespace NixAiModels.Validation;

/// <summary>What one validator found, from any thread; bounded, so that a hostile file cannot fill the memory with
/// findings.</summary>
internal sealed class FindingList(string validator)
{
    private const int MaxPerFile = 50;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Finding>> _byFile = new(StringComparer.Ordinal);
    private readonly HashSet<string> _overfull = new(StringComparer.Ordinal);

    /// <summary>Adds a finding; the first fifty of a file are kept, and later ones replace less severe ones.</summary>
    public void Add(Severity severity, string file, string? place, string message, string why, string fix) =>
        Add(new Finding(validator, severity, file, place, message, why, fix));

    /// <summary>Adds a finding that a scanner made.</summary>
    public void Add(Finding finding)
    {
        lock (_lock)
        {
            if (!_byFile.TryGetValue(finding.File, out var ofFile))
                _byFile[finding.File] = ofFile = [];
            if (ofFile.Contains(finding))
                return;
            if (ofFile.Count < MaxPerFile)
            {
                ofFile.Add(finding);
                return;
            }

            _overfull.Add(finding.File);
            var lighter = ofFile.FindIndex(kept => kept.Severity < finding.Severity);
            if (lighter >= 0)
                ofFile[lighter] = finding;
        }
    }

    /// <summary>Adds that a file is not what its format wants.</summary>
    public void AddBroken(ModelFile file, string format, BrokenFileException error) =>
        Add(
            Severity.Suspicious,
            file.Path,
            error.Place,
            $"invalid {format}: {error.Message}",
            "The file is damaged or crafted to mislead a reader; programs differ in how they read it.",
            "Download it again and compare its sha256 with the Hub's. If they match, the published file is "
                + "broken: do not use it."
        );

    /// <summary>Everything found, by file, place and message.</summary>
    public IReadOnlyList<Finding> Sorted()
    {
        lock (_lock)
        {
            foreach (var file in _overfull)
            {
                _byFile[file]
                    .Add(
                        new Finding(
                            validator,
                            Severity.Note,
                            file,
                            null,
                            $"more than {MaxPerFile} findings; the rest is omitted",
                            "The most severe are kept.",
                            "No action is required."
                        )
                    );
            }

            _overfull.Clear();
            return
            [
                .. _byFile
                    .Values.SelectMany(list => list)
                    .OrderByDescending(finding => finding.Severity)
                    .ThenBy(finding => finding.File, StringComparer.Ordinal)
                    .ThenBy(finding => finding.Place, StringComparer.Ordinal)
                    .ThenBy(finding => finding.Message, StringComparer.Ordinal),
            ];
        }
    }
}
