using NixAiModels.Validation.Containers;

namespace NixAiModels.Validation.Pickle;

/// <summary>Finds what a file would run when it is loaded: pickles, and everything that holds pickles.</summary>
internal static class PickleScanner
{
    /// <summary>The validator's name in findings.</summary>
    public const string Validator = "pickleScan";

    /// <summary>Scans one file, whatever its name: bytes decide.</summary>
    /// <param name="relativePath">Its path in the model, for the findings; its extension says what a loader
    /// expects.</param>
    /// <param name="source">Its bytes.</param>
    /// <param name="report">Takes each finding.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <param name="allowed">The names that the user allows beside the known ones.</param>
    /// <returns>What the file is by its bytes.</returns>
    /// <exception cref="OperationCanceledException">The scan was ended.</exception>
    public static ContentKind Scan(
        string relativePath,
        ByteSource source,
        Action<Finding> report,
        CancellationToken cancellation,
        AllowedNames? allowed = null
    ) =>
        new ContentScanner(
            relativePath,
            report,
            allowed ?? AllowedNames.None,
            new ScanBudget(source.Length, cancellation)
        ).Scan(source, relativePath, string.Empty, PersistentIds.None, 0);
}
