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

    /// <summary>Who reads the addresses.</summary>
    internal IReadOnlyList<ISource> Sources { get; init; } = KnownSources.All;

    /// <summary>How many bytes have arrived, those of earlier runs included.</summary>
    public long Arrived { get; private set; }

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

    /// <summary>Downloads a file whose hash is still to be found out, for Nix to say it.</summary>
    /// <param name="file">The file; only its first address is asked.</param>
    /// <param name="destination">The path that it is written to; its folder exists.</param>
    /// <param name="journal">As for <see cref="RunAsync"/>.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="Failure">The download failed.</exception>
    public async Task<FirstUseHash> UnpinnedAsync(
        PinnedFile file,
        string destination,
        string journal,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        using var source = Open(file.Urls[0], new RetryBudget());
        var description = await source.DescribeAsync(cancellation);
        source.HoldTo(description);
        return await new FileTransfer(transfer, _warnings, live).RunAsync(
            source,
            file.Path,
            description.SizeInRanges,
            new FirstUseDigest(),
            destination,
            journal,
            FirstUseHash.OfFileAsync,
            cancellation
        );
    }

    private ISourceFile Open(string url, RetryBudget budget) =>
        KnownSources.Open(
            Sources,
            url,
            new HubOptions
            {
                Connections = transfer.Connections ?? transfer.MaxConnections,
                CaBundle = caBundle,
                Budget = budget,
                Warn = _warnings.Add,
            }
        );

    private async Task<VerifiedHash> FromAsync(
        PinnedFile file,
        string url,
        string destination,
        string journal,
        bool isLast,
        CancellationToken cancellation
    )
    {
        using var source = Open(url, isLast ? new RetryBudget() : Short);
        var size = (await source.DescribeAsync(cancellation)).Size;
        RequireSize(file, size, source);
        size ??= file.Size;
        Log.Line(
            $"{Printable.Escape(file.Path)}: {(size is { } bytes ? Amounts.Size(bytes) : "unknown size")} "
                + $"from {source.DisplayUrl}"
        );
        var moved = new FileTransfer(
            isLast ? transfer : transfer with { TriesWithoutProgress = FewTries },
            _warnings,
            live,
            restarts: isLast ? 1 : 0
        );
        try
        {
            return await moved.RunAsync(
                source,
                file.Path,
                size,
                file.Sha256,
                destination,
                journal,
                VerifiedHash.OfFileAsync,
                cancellation
            );
        }
        finally
        {
            Arrived = moved.Arrived;
        }
    }

    private static void RequireSize(PinnedFile file, long? said, ISourceFile source)
    {
        if (said is not { } other || file.Size is not { } pinned || other == pinned)
            return;
        throw new Failure(
            ExitCode.Integrity,
            $"{Printable.Escape(file.Path)} has {other} bytes, not {pinned}: {source.DisplayUrl}",
            "the server has another file than the one that was pinned: check the address"
        );
    }
}
