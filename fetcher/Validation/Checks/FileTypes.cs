using NixAiModels.Paths;

namespace NixAiModels.Validation.Checks;

/// <summary><c>fileTypes [ … ]</c>: every file is of one of the named types by its bytes, or matches one of the globs
/// by its name.</summary>
internal sealed class FileTypes : IValidator
{
    private readonly HashSet<FileType> _types = [];
    private readonly List<Fnmatch> _globs = [];

    /// <summary>Parses the allowed types.</summary>
    /// <param name="allowed">Words of <see cref="FileType"/> in lower case, or globs.</param>
    /// <exception cref="Failure">A word is not a type (exit 2).</exception>
    public FileTypes(IReadOnlyList<string> allowed)
    {
        foreach (var word in allowed)
        {
            if (Glob.IsPattern(word))
            {
                _globs.Add(Glob.Parse(word));
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
                    $"validation.validators: fileTypes: unknown type '{word}'",
                    $"use a glob such as \"*.model\", or one of "
                        + string.Join(", ", Enum.GetValues<FileType>().Select(FileTypeProbe.Word))
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
                if (!_types.Contains(tree.TypeOf(file)) && !_globs.Exists(glob => glob.Matches(file.Path)))
                {
                    findings.Add(
                        Severity.Suspicious,
                        file.Path,
                        null,
                        $"type {FileTypeProbe.Word(tree.TypeOf(file))} is not in fileTypes",
                        "The model's definition lists the allowed types.",
                        "Exclude it, or add its type or a glob for its name to fileTypes."
                    );
                }
            },
            cancellation
        );
}
