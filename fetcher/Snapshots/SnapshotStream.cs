using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Terminal;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>Downloads a snapshot through a window in memory, verified, and hands its archive on while it arrives: no
/// file is written.</summary>
/// <param name="session">The hub that has the files.</param>
/// <param name="live">Whether progress is shown on a terminal.</param>
public sealed class SnapshotStream(HubSession session, bool live)
{
    // Half of it is on its way, half waits for its turn; with everything else the process takes about 115 MB.
    private const int DefaultWindow = 64 << 20;
    private const int SmallestRange = 256 << 10;

    private LocalFiles? _local;

    /// <summary>Files of this machine that are read in place of a download, or <see langword="null"/>.</summary>
    public LocalFiles? Local
    {
        init => _local = value;
    }

    /// <summary>How many bytes of <see cref="Local"/> files were right.</summary>
    public long Taken { get; private set; }

    /// <summary>Where they were found.</summary>
    public IReadOnlyList<string> TakenFrom { get; private set; } = [];

    /// <summary>How many bytes of files are in memory at most.</summary>
    internal int WindowSize { get; init; } = DefaultWindow;

    /// <summary>Streams a snapshot.</summary>
    /// <param name="snapshot">Which files.</param>
    /// <param name="sink">Where the archive goes. The bytes of a large file go there before the file is verified as a
    /// whole: only if this method returns are they all right.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>The hash of the archive.</returns>
    /// <exception cref="ContentMismatch">A file's bytes turned out to be wrong after some of them had been handed
    /// on.</exception>
    /// <exception cref="Failure">Whatever else failed for good, or the sink refused.</exception>
    public async Task<VerifiedHash> RunAsync(Snapshot snapshot, NarSink sink, CancellationToken cancellation)
    {
        var window = new TransferWindow(WindowSize, snapshot.Files.Select(file => (file.Path, file.Size)));
        var contents = snapshot
            .Files.Zip(window.Sinks, (file, place) => snapshot.Content(session.Transport, file, place))
            .Select((content, index) => FromHere(content, snapshot.Files[index], cancellation))
            .ToArray();
        LocalSource[] sources = [.. contents.Select(content => content.Source).OfType<LocalSource>()];
        var progress = new TransferProgress(contents.Length, snapshot.Size) { Warn = session.Warnings.Add };
        using var run = new TransferRun(contents, InWindow(), progress, isRead: true);
        await using var display = new ProgressDisplay(progress, session.Warnings, live);
        try
        {
            var hash = await run.RunAsync(
                stop => VerifiedHash.OfArchiveAsync(run, _ => Task.FromResult(sink), stop),
                cancellation
            );
            TakenFrom = [.. sources.Select(source => source.Folder).OfType<string>().Distinct()];
            Taken = contents
                .Where(content => content.Source is LocalSource { Folder: not null })
                .Sum(content => content.Size);
            return hash!;
        }
        catch (ContentMismatch)
        {
            // Another try takes nothing from here that may have been wrong.
            _local = null;
            throw;
        }
        finally
        {
            foreach (var source in sources)
                source.Dispose();
        }
    }

    private RemoteContent FromHere(RemoteContent content, HubFile file, CancellationToken cancellation) =>
        _local?.Find(file, cancellation) is { } found
            ? content with
            {
                Source = new LocalSource(found.File, found.Folder, content.Source),
            }
            : content;

    /// <summary>Ranges so small that every connection has one in the window and another one can wait.</summary>
    private TransferOptions InWindow()
    {
        var options = session.Transfer;
        var connections = Math.Clamp(WindowSize / SmallestRange / 2, 1, options.Connections ?? options.MaxConnections);
        var largest = Math.Min(options.LargestRange, WindowSize / connections / 2);
        return options with
        {
            MaxConnections = connections,
            LargestRange = largest,
            SmallestRange = Math.Min(options.SmallestRange, largest),
        };
    }
}
