using System.Globalization;
using System.IO.Enumeration;

namespace NixAiModels.Validation.Checks;

/// <summary><c>requiredFiles [ … ]</c>: each path or glob matches a file.</summary>
internal sealed class RequiredFiles(IReadOnlyList<string> patterns) : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (var pattern in patterns.Where(pattern => !tree.Files.Any(file => FileSystemName.MatchesSimpleExpression(pattern, file.Path, ignoreCase: false))))
        {
            findings.Add(Severity.Suspicious, string.Empty, null, $"the model lacks the required file {Printable.Of(pattern)}", "Its definition says that it must be there.",
                "Select it (files, include), or drop it from requiredFiles.");
        }
    }
}

/// <summary><c>fileTypes [ … ]</c>: every file is of one of the named types by its bytes, or matches one of the globs by its name.</summary>
internal sealed class FileTypes : IValidator
{
    private readonly HashSet<FileType> _types = [];
    private readonly List<string> _patterns = [];

    /// <summary>Makes the check.</summary>
    /// <param name="allowed">Words of <see cref="FileType"/> in lower case, or globs with a <c>*</c>.</param>
    /// <exception cref="Failure">A word is no type (exit 2).</exception>
    public FileTypes(IReadOnlyList<string> allowed)
    {
        foreach (var word in allowed)
        {
            if (word.Contains('*', StringComparison.Ordinal))
                _patterns.Add(word);
            else if (Enum.TryParse<FileType>(word, ignoreCase: true, out var type) && Enum.IsDefined(type) && !char.IsAsciiDigit(word[0]))
                _types.Add(type);
            else
                throw new Failure(ExitCode.Usage, $"validation.validators: fileTypes has the unknown type '{word}'",
                    $"Types are {string.Join(", ", Enum.GetValues<FileType>().Select(Report.Word))}; a name is given as a glob: \"*.model\".");
        }
    }

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(tree.Files, "file", findings, cancellation, file =>
        {
            if (!_types.Contains(tree.TypeOf(file)) && !_patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, file.Path, ignoreCase: false)))
            {
                findings.Add(Severity.Suspicious, file.Path, null, $"is of the type {Report.Word(tree.TypeOf(file))}, which fileTypes does not allow", "Its definition says what may be there.",
                    "Leave it out (exclude), or add the type or a glob of its name to fileTypes.");
            }
        });
}

/// <summary><c>maxSize "20G"</c>: all files together have no more bytes than that.</summary>
internal sealed class MaxSize : IValidator
{
    private readonly string _text;
    private readonly decimal _limit;

    /// <summary>Makes the check.</summary>
    /// <param name="size">A number with a unit: none or <c>B</c>; <c>K M G T</c> or <c>KB …</c> (1000); <c>KiB MiB GiB TiB</c> (1024).</param>
    /// <exception cref="Failure">It is no size (exit 2).</exception>
    public MaxSize(string size)
    {
        _text = size;
        var text = size.Trim();
        var digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        var unit = digits < 0 ? string.Empty : text[digits..].Trim();
        var step = unit.EndsWith("iB", StringComparison.OrdinalIgnoreCase) && unit.Length == 3 ? 1024m : 1000m;
        var power = unit.Length is 0 || unit is "B" or "b" ? 0 : "KMGT".IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal) + 1;
        var isUnit = power == 0 ? unit.Length is 0 || unit is "B" or "b" : unit[1..].ToUpperInvariant() is "" or "B" or "IB";
        if (!isUnit || !decimal.TryParse(digits < 0 ? text : text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1_000_000_000_000_000m)
            throw new Failure(ExitCode.Usage, $"validation.validators: maxSize has the size '{size}', which is none", "Write it as \"20G\" (10^9 bytes) or \"20GiB\" (2^30 bytes).");
        _limit = number;
        for (var i = 0; i < power; i++)
            _limit *= step;
    }

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        var size = tree.Files.Sum(file => file.Size);
        if (size > _limit)
        {
            findings.Add(Severity.Suspicious, string.Empty, null, $"the model has {size} bytes, more than maxSize allows ({_text})", "Its definition limits it.",
                "Raise maxSize, or leave out what is not needed (exclude).");
        }
    }
}
