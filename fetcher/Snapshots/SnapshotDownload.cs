using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Posix;
using NixAiModels.Terminal;
using NixAiModels.Transfer;
using NixAiModels.Validation;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Snapshots;

/// <summary>Writes the selected files of a snapshot into a folder, verified, and hashes them while they
/// arrive.</summary>
/// <param name="session">The hub that has the files.</param>
/// <param name="live">Whether progress is shown on a terminal.</param>
public sealed class SnapshotDownload(HubSession session, bool live)
{
    private LocalCopies? _copies;

    /// <summary>Files of this machine that are taken in place of a download, or <see langword="null"/>. They are only
    /// looked for where there are journals.</summary>
    public LocalFiles? Local { get; init; }

    /// <summary>How many bytes have arrived, those of earlier runs included.</summary>
    public long Arrived { get; private set; }

    /// <summary>How many bytes of <see cref="Local"/> files were right.</summary>
    public long Taken { get; private set; }

    /// <summary>Where they were found.</summary>
    public IEnumerable<string> TakenFrom => _copies?.Folders ?? [];

    /// <summary>Downloads a snapshot into a folder.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="folder">The folder; it is made, and holds nothing but the files in the end.</param>
    /// <param name="journals">A folder for journals that let a later run resume, or <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="Failure">The download failed.</exception>
    public async Task WriteAsync(Snapshot snapshot, string folder, string? journals, CancellationToken cancellation)
    {
        using var run = Begin(snapshot, folder, journals, isRead: false, cancellation);
        await TransferAsync<object>(run, null, cancellation);
        WarnOfMissingShards(snapshot, folder);
    }

    /// <summary>Downloads a snapshot into a folder and hashes it as a NAR.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="folder">The folder; it is made, and holds nothing but the files in the end.</param>
    /// <param name="journals">A folder for journals that let a later run resume, or <see langword="null"/>.</param>
    /// <param name="begin">Who else receives the archive; see <see cref="VerifiedHash"/>.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="Failure">The download failed.</exception>
    public async Task<VerifiedHash> HashAsync(
        Snapshot snapshot,
        string folder,
        string? journals,
        Func<CancellationToken, Task<NarSink>>? begin,
        CancellationToken cancellation
    )
    {
        using var run = Begin(snapshot, folder, journals, isRead: true, cancellation);
        var hash = await TransferAsync(run, stop => VerifiedHash.OfArchiveAsync(run, begin, stop), cancellation);
        WarnOfMissingShards(snapshot, folder);
        return hash!;
    }

    /// <summary>Downloads the one file of a snapshot to a path.</summary>
    /// <param name="snapshot">A snapshot of exactly one file.</param>
    /// <param name="destination">The path of the file; its folder is made.</param>
    /// <param name="journals">A folder for a journal that lets a later run resume, or <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>The sha256 of the file's content.</returns>
    /// <exception cref="Failure">The download failed.</exception>
    public async Task<VerifiedHash> HashFlatAsync(
        Snapshot snapshot,
        string destination,
        string? journals,
        CancellationToken cancellation
    )
    {
        var file = snapshot.Files.Single();
        var folder = Path.GetDirectoryName(destination)!;
        MakeFolders(snapshot with { Files = [] }, folder, journals);
        Place([(file, destination, Journal(journals, 0))], cancellation);
        FreeSpace.Require((folder, file.Size - FreeSpace.Written(destination)));
        using var run = Begin([Content(snapshot, file, destination, Journal(journals, 0))], isRead: true);
        return (await TransferAsync(run, stop => VerifiedHash.OfFileAsync(run, stop), cancellation))!;
    }

    /// <summary>How many bytes a folder still needs to hold a snapshot.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="folder">The folder, which need not exist.</param>
    public static long Missing(Snapshot snapshot, string folder)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.Files.Sum(file => Math.Max(0, file.Size - FreeSpace.Written(Path.Combine(folder, file.Path))));
    }

    private TransferRun Begin(
        Snapshot snapshot,
        string folder,
        string? journals,
        bool isRead,
        CancellationToken cancellation
    )
    {
        MakeFolders(snapshot, folder, journals);
        RemoveUnexpectedFiles(snapshot, folder);
        (HubFile File, string Path, string? Journal)[] files =
        [
            .. snapshot.Files.Select(
                (file, index) => (file, Path.Combine(folder, file.Path), Journal(journals, index))
            ),
        ];
        Place(files, cancellation);
        FreeSpace.Require((folder, Missing(snapshot, folder)));
        return Begin([.. files.Select(each => Content(snapshot, each.File, each.Path, each.Journal))], isRead);
    }

    private void Place(IEnumerable<(HubFile File, string Path, string? Journal)> files, CancellationToken cancellation)
    {
        if (Local is null)
            return;
        _copies = new LocalCopies(Local);
        foreach (var (file, path, journal) in files)
        {
            if (journal is not null)
                _copies.Place(file, path, journal, cancellation);
        }
    }

    private TransferRun Begin(RemoteContent[] contents, bool isRead) =>
        new(
            contents,
            session.Transfer,
            new TransferProgress(contents.Length, contents.Sum(content => content.Size))
            {
                Warn = session.Warnings.Add,
            },
            isRead
        );

    private RemoteContent Content(Snapshot snapshot, HubFile file, string destination, string? journal) =>
        snapshot.Content(session.Transport, file, new FileSink(destination, file.Size, journal));

    private static string? Journal(string? journals, int index) =>
        journals is null ? null : Path.Combine(journals, $"{index}");

    private async Task<T?> TransferAsync<T>(
        TransferRun run,
        Func<CancellationToken, Task<T>>? read,
        CancellationToken cancellation
    )
        where T : class
    {
        await using var display = new ProgressDisplay(run.Progress, session.Warnings, live);
        try
        {
            return await run.RunAsync(read, cancellation);
        }
        finally
        {
            Arrived = run.Progress.Arrived;
            Taken = run
                .Files.Where(file => file.Generation == 0 && _copies?.Paths.Contains(file.Content.Path) == true)
                .Sum(file => file.Content.Size);
        }
    }

    /// <summary>The listing shows which shards there are; which there ought to be stands in the index.</summary>
    private static void WarnOfMissingShards(Snapshot snapshot, string folder)
    {
        foreach (var index in snapshot.Files.Select(file => file.Path).Where(ShardIndex.Is))
        {
            try
            {
                var missing = ShardIndex
                    .Parse(File.ReadAllBytes(Path.Combine(folder, index)))
                    .Missing(index, snapshot.Files.Select(file => file.Path));
                if (missing.Count > 0)
                {
                    Log.Warning(
                        $"{index} names {Amounts.Count(missing.Count, "shard")} that are not among the files, first "
                            + Printable.Escape(missing[0])
                    );
                }
            }
            catch (BrokenFileException)
            {
                // Validation reports what is wrong with it.
            }
        }
    }

    private static void MakeFolders(Snapshot snapshot, string folder, string? journals)
    {
        try
        {
            Directory.CreateDirectory(folder);
            DistinctNames.Require(folder, snapshot.Files.Select(file => file.Path));
            if (journals is not null)
                Directory.CreateDirectory(journals);
            foreach (var parent in snapshot.Files.Select(file => Path.GetDirectoryName(file.Path)).Distinct())
            {
                if (!string.IsNullOrEmpty(parent))
                    Directory.CreateDirectory(Path.Combine(folder, parent));
            }
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, folder);
        }
    }

    /// <summary>Takes away what an earlier run, or somebody else, left in the folder and the snapshot does not
    /// have.</summary>
    private static void RemoveUnexpectedFiles(Snapshot snapshot, string folder)
    {
        var files = snapshot.Files.Select(file => Path.Combine(folder, file.Path)).ToHashSet(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var parent = Path.GetDirectoryName(file)!;
            while (parent.Length > folder.Length && folders.Add(parent))
                parent = Path.GetDirectoryName(parent)!;
        }

        foreach (
            var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToArray()
        )
        {
            var expected = entry is DirectoryInfo { LinkTarget: null }
                ? folders.Contains(entry.FullName)
                : entry.LinkTarget is null && files.Contains(entry.FullName);
            if (expected)
                continue;
            if (entry is DirectoryInfo { LinkTarget: null, Exists: true } directory)
                directory.Delete(recursive: true);
            else if (entry is not DirectoryInfo || entry.LinkTarget is not null)
                entry.Delete();
        }
    }
}
