namespace NixAiModels.Validation.Checks;

/// <summary><c>pickleScan</c>: every pickle in every file, wherever it is wrapped.</summary>
internal sealed class PickleScanValidator : IValidator
{
    /// <inheritdoc/>
    public void Run(ModelTree tree, FindingList findings, CancellationToken cancellation)
    {
    }

    /// <summary>Whether a file is a pickle, or holds one, by its bytes.</summary>
    public static bool IsPickle(ModelFile file) => false;
}
