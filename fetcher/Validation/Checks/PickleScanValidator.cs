using NixAiModels.Validation.Containers;
using NixAiModels.Validation.Pickle;

namespace NixAiModels.Validation.Checks;

/// <summary><c>pickleScan</c>: every pickle in every file, wherever it is wrapped (see
/// <see cref="PickleScanner"/>).</summary>
/// <param name="allowed">The names that the user allows beside the known ones.</param>
internal sealed class PickleScanValidator(AllowedNames allowed) : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation) =>
        EachFile.Check(
            tree.Files,
            "file",
            findings,
            file =>
            {
                using var source = new FileSource(file.FullPath);
                PickleScanner.Scan(file.Path, source, findings.Add, cancellation, allowed);
            },
            cancellation
        );
}
