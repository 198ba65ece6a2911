using System.IO.Enumeration;

namespace NixAiModels.Validation.Checks;

/// <summary><c>fileTypes [ … ]</c>: every file is of one of the named types by its bytes, or matches one of the globs
/// by its name.</summary>
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
            {
                _patterns.Add(word);
            }
            else if (
                Enum.TryParse<FileType>(word, ignoreCase: true, out var type)
                && Enum.IsDefined(type)
                && !char.IsAsciiDigit(word[0])
            )
            {
                _types.Add(type);
            }
            else
            {
                throw new Failure(
                    ExitCode.Usage,
                    $"validation.validators: fileTypes has the unknown type '{word}'",
                    $"Types are {string.Join(", ", Enum.GetValues<FileType>().Select(Report.Word))}; a name is given as a glob: \"*.model\"."
                );
            }
        }
    }

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(
            tree.Files,
            "file",
            findings,
            file =>
            {
                if (
                    !_types.Contains(tree.TypeOf(file))
                    && !_patterns.Any(pattern =>
                        FileSystemName.MatchesSimpleExpression(pattern, file.Path, ignoreCase: false)
                    )
                )
                {
                    findings.Add(
                        Severity.Suspicious,
                        file.Path,
                        null,
                        $"is of the type {Report.Word(tree.TypeOf(file))}, which fileTypes does not allow",
                        "Its definition says what may be there.",
                        "Leave it out (exclude), or add the type or a glob of its name to fileTypes."
                    );
                }
            },
            cancellation
        );
}
