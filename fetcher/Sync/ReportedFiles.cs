namespace NixAiModels.Sync;

/// <summary>What placing a model needs of its report (docs/validation.md).</summary>
/// <param name="Files">Every file of the model.</param>
internal sealed record ReportedFiles(IReadOnlyList<ReportedFiles.ReportedFile> Files)
{
    /// <summary>A file, with the two names that a client may keep it under.</summary>
    /// <param name="Path">Its path in the model.</param>
    /// <param name="Sha256">The sha256 of its bytes.</param>
    /// <param name="GitBlobId">Git's id of it; of small files only.</param>
    internal sealed record ReportedFile(string Path, string? Sha256 = null, string? GitBlobId = null);
}
