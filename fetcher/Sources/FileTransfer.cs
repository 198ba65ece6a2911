using NixAiModels.Snapshots;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>Downloads one file from one address to a path.</summary>
/// <param name="transfer">How bytes are moved.</param>
/// <param name="warnings">Failures that were retried.</param>
/// <param name="live">Whether progress is shown on a terminal.</param>
/// <param name="restarts">How often wrong bytes are downloaded again: the server rather has another file than that the
/// network has changed this one.</param>
internal sealed class FileTransfer(TransferOptions transfer, Warnings warnings, bool live, int restarts = 1)
{
    /// <summary>How many bytes have arrived, those of earlier runs included.</summary>
    public long Arrived { get; private set; }

    /// <summary>Downloads it.</summary>
    /// <param name="source">The file at its address.</param>
    /// <param name="path">Its path in the model, for messages.</param>
    /// <param name="size">Its size in bytes; <see langword="null"/> where nobody says.</param>
    /// <param name="digest">What it must hash to.</param>
    /// <param name="destination">The path that it is written to; its folder exists.</param>
    /// <param name="journal">The record of what has arrived, from which a later run resumes.</param>
    /// <param name="hash">Reads the file while it arrives.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>What <paramref name="hash"/> returns.</returns>
    /// <exception cref="Failure">The download failed; wrong bytes are not kept.</exception>
    public async Task<T> RunAsync<T>(
        ISourceFile source,
        string path,
        long? size,
        ContentDigest digest,
        string destination,
        string journal,
        Func<TransferRun, CancellationToken, Task<T>> hash,
        CancellationToken cancellation
    )
        where T : class
    {
        try
        {
            // What an earlier run has recorded does not hold for a file that is written anew.
            if (size is null)
                File.Delete(journal);
            var length =
                size
                ?? await new UnsizedBody(transfer, warnings.Add).SaveAsync(source, path, destination, cancellation);
            FreeSpace.Require((Path.GetDirectoryName(destination)!, length - FreeSpace.Written(destination)));
            using var run = new TransferRun(
                [
                    new RemoteContent(source, path, length, digest, new FileSink(destination, length, journal))
                    {
                        Restarts = restarts,
                    },
                ],
                transfer,
                new TransferProgress(1, length) { Warn = warnings.Add, IsVerified = digest is not FirstUseDigest },
                isRead: true
            );
            await using var display = new ProgressDisplay(run.Progress, warnings, live);
            try
            {
                return (await run.RunAsync(stop => hash(run, stop), cancellation))!;
            }
            finally
            {
                Arrived = run.Progress.Arrived;
            }
        }
        catch (Failure failure) when (failure.Code == ExitCode.Integrity)
        {
            File.Delete(destination);
            File.Delete(journal);
            throw;
        }
    }
}
