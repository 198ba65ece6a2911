using NixAiModels.Paths;

namespace NixAiModels.Validation.Checks;

/// <summary><c>requiredFiles [ … ]</c>: each path or glob matches a file.</summary>
internal sealed class RequiredFiles(IReadOnlyList<string> patterns) : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (var pattern in patterns)
        {
            var glob = Glob.Parse(pattern);
            if (tree.Files.Any(file => file.Path == pattern || glob.Matches(file.Path)))
                continue;
            findings.Add(
                Severity.Suspicious,
                string.Empty,
                null,
                $"required file {Printable.Escape(pattern)} is missing",
                "The model's definition requires it.",
                "Select it (files, include), or remove it from requiredFiles."
            );
        }
    }
}
