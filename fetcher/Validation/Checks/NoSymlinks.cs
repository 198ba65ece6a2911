namespace NixAiModels.Validation.Checks;

/// <summary><c>noSymlinks</c>: no symbolic link, not even within the model.</summary>
internal sealed class NoSymlinks : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (var entry in tree.Entries.Where(entry => entry.LinkTarget is not null))
        {
            findings.Add(
                Severity.Suspicious,
                entry.Path,
                null,
                $"is a link to '{Printable.Escape(entry.LinkTarget!)}'",
                "The target of a link can change; a model consists of files.",
                "Copy the model with its links resolved: cp -rL FROM TO"
            );
        }
    }
}
