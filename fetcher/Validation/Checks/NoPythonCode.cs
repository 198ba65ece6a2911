namespace NixAiModels.Validation.Checks;

/// <summary><c>noPythonCode</c>: no Python file.</summary>
internal sealed class NoPythonCode : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (var file in tree.Entries.Where(ProgramNames.IsPython))
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                null,
                "is Python code",
                "trust_remote_code=True runs it.",
                "Exclude it: exclude = [ \"*.py\" ];"
            );
        }
    }
}
