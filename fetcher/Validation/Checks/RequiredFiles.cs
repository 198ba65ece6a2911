using System.IO.Enumeration;

namespace NixAiModels.Validation.Checks;

/// <summary><c>requiredFiles [ … ]</c>: each path or glob matches a file.</summary>
internal sealed class RequiredFiles(IReadOnlyList<string> patterns) : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (
            var pattern in patterns.Where(pattern =>
                !tree.Files.Any(file => FileSystemName.MatchesSimpleExpression(pattern, file.Path, ignoreCase: false))
            )
        )
        {
            findings.Add(
                Severity.Suspicious,
                string.Empty,
                null,
                $"the model lacks the required file {Printable.Escape(pattern)}",
                "Its definition says that it must be there.",
                "Select it (files, include), or drop it from requiredFiles."
            );
        }
    }
}
