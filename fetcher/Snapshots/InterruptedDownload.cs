using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>A download that the user ended and the same command resumes.</summary>
/// <param name="kept">How many bytes are kept.</param>
/// <param name="size">How many there are.</param>
/// <param name="folder">The folder that keeps them.</param>
public sealed class InterruptedDownload(long kept, long size, string folder)
    : OperationCanceledException(
        $"interrupted; run the same command to resume (kept {Amounts.Size(kept)} of {Amounts.Size(size)} in {folder})"
    );
