namespace NixAiModels.Validation.Checks;

/// <summary><c>integrity</c>: every file is a plain readable file, no link leads out of the model, and each is hashed
/// for the report.</summary>
internal sealed class IntegrityValidator(FileDigests digests) : IValidator
{
    /// <summary>The validator's name.</summary>
    public const string Name = "integrity";

    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
        foreach (var entry in tree.Entries)
            CheckEntry(entry, findings);
        if (tree.Files.Count == 0)
        {
            findings.Add(
                Severity.Suspicious,
                string.Empty,
                null,
                "the model has no files",
                "There is nothing to check.",
                "Check the path, or the selection (files, include, exclude)."
            );
        }

        digests.Compute(cancellation);
        foreach (var file in digests.Unreadable)
            AddUnreadable(file, findings);
    }

    private static void CheckEntry(ModelFile entry, FindingList findings)
    {
        switch (entry.Kind)
        {
            case EntryKind.LinkOutside:
                findings.Add(
                    Severity.Dangerous,
                    entry.Path,
                    null,
                    $"is a link to '{Printable.Escape(entry.LinkTarget ?? string.Empty)}', outside the "
                        + "model's folder or broken",
                    "Loading the model reads that file of the machine.",
                    "If you trust the link's target, copy the model with links resolved (cp -rL FROM TO); "
                        + "otherwise do not use it."
                );
                break;
            case EntryKind.Special:
                findings.Add(
                    Severity.Suspicious,
                    entry.Path,
                    null,
                    "is a pipe, socket or device",
                    "A model consists of files; reading this may never end.",
                    "Remove it."
                );
                break;
            case EntryKind.Unreadable:
                AddUnreadable(entry, findings);
                break;
        }
    }

    private static void AddUnreadable(ModelFile entry, FindingList findings) =>
        findings.Add(
            Severity.Suspicious,
            entry.Path,
            null,
            "cannot be read",
            "Unreadable files cannot be checked.",
            "check its permissions: ls -l"
        );
}
