using NixAiModels.Hub;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>Downloads a file that is pinned by itself, from the first of its addresses that has it.</summary>
/// <param name="transfer">How bytes are moved.</param>
/// <param name="caBundle">A file of CA certificates; see <see cref="HubOptions.CaBundle"/>.</param>
/// <param name="live">Whether progress is shown on a terminal.</param>
public sealed class PinnedDownload(TransferOptions transfer, string? caBundle, bool live)
{
    // Another address is at hand: it is sooner tried than this one again.
    private static readonly RetryBudget Short = new()
    {
        ServerError = TimeSpan.FromSeconds(4),
        Connection = TimeSpan.FromSeconds(4),
        NameResolution = TimeSpan.FromSeconds(4),
        RateLimit = TimeSpan.FromSeconds(10),
    };
    private const int FewTries = 3;

    private readonly Warnings _warnings = new();

    /// <summary>Downloads the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="destination">The path that it is written to; its folder exists.</param>
    /// <param name="journal">The record of what has arrived: the next address, or a later run, resumes from it.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="Failure">The last address failed; the others have been logged.</exception>
    public async Task<VerifiedHash> RunAsync(
        PinnedFile file,
        string destination,
        string journal,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        foreach (var (url, next) in file.Urls.Zip(file.Urls.Skip(1)))
        {
            try
            {
                return await FromAsync(file, url, destination, journal, isLast: false, cancellation);
            }
            catch (Failure failure)
                when (failure.Code is ExitCode.NotFound or ExitCode.NotAllowed or ExitCode.Network or ExitCode.Integrity
                )
            {
                Log.Warning($"{failure.Message}; trying {KnownSources.Display(next)}");
            }
        }

        return await FromAsync(file, file.Urls[^1], destination, journal, isLast: true, cancellation);
    }

    private async Task<VerifiedHash> FromAsync(
        PinnedFile file,
        string url,
        string destination,
        string journal,
        bool isLast,
        CancellationToken cancellation
    )
    {
        var options = isLast ? transfer : transfer with { TriesWithoutProgress = FewTries };
        using var source = KnownSources.Open(
            url,
            new HubOptions
            {
                Connections = transfer.Connections ?? transfer.MaxConnections,
                CaBundle = caBundle,
                Budget = isLast ? new RetryBudget() : Short,
                Warn = _warnings.Add,
            }
        );
        try
        {
            var size = await SizeAsync(file, source, options, destination, cancellation);
            var content = new RemoteContent(
                source,
                file.Path,
                size,
                file.Sha256,
                new FileSink(destination, size, journal)
            );
            FreeSpace.Require((Path.GetDirectoryName(destination)!, size - PresentLength(destination)));
            using var run = new TransferRun(
                [content],
                options,
                new TransferProgress(1, size) { Warn = _warnings.Add },
                isRead: true
            );
            await using var display = new ProgressDisplay(run.Progress, _warnings, live);
            return (await run.RunAsync(stop => VerifiedHash.OfFileAsync(run, stop), cancellation))!;
        }
        catch (Failure failure) when (failure.Code == ExitCode.Integrity)
        {
            File.Delete(destination);
            File.Delete(journal);
            throw;
        }
    }

    private async Task<long> SizeAsync(
        PinnedFile file,
        ISourceFile source,
        TransferOptions options,
        string destination,
        CancellationToken cancellation
    )
    {
        var said = (await source.DescribeAsync(cancellation)).Size;
        if (file.Size is { } pinned && said is { } other && other != pinned)
        {
            throw new Failure(
                ExitCode.Integrity,
                $"{Printable.Escape(file.Path)} has {other} bytes, not {pinned}: {source.DisplayUrl}",
                "the server has another file than the one that was pinned: check the address"
            );
        }

        var known = said ?? file.Size;
        Log.Line(
            $"{Printable.Escape(file.Path)}: "
                + $"{(known is null ? "unknown size" : Amounts.Size(known.Value))} from {source.DisplayUrl}"
        );
        return known
            ?? await new UnsizedBody(options, _warnings.Add).SaveAsync(source, file.Path, destination, cancellation);
    }

    private static long PresentLength(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
