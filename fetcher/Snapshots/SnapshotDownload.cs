using System.Security.Cryptography;
using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Terminal;
using NixAiModels.Transfer;
using NixAiModels.Validation;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Snapshots;

/// <summary>Writes the selected files of a snapshot into a folder, verified, and hashes the folder as a NAR while they
/// arrive.</summary>
/// <param name="session">The hub that has the files.</param>
/// <param name="live">Whether progress is shown on a terminal.</param>
public sealed class SnapshotDownload(HubSession session, bool live)
{
    /// <summary>Downloads a snapshot into a folder.</summary>
    /// <param name="snapshot">Which files.</param>
    /// <param name="folder">The folder; it is made, and holds nothing but the files in the end.</param>
    /// <param name="journals">A folder for notes that let a later run go on, or <see langword="null"/> where nothing
    /// outlives a failure.</param>
    /// <param name="hashed">Whether to hash the folder as a NAR.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>The NAR hash of the folder, or <see langword="null"/> if it was not asked for.</returns>
    /// <exception cref="Failure">Whatever failed for good.</exception>
    public async Task<NixHash?> RunAsync(
        Snapshot snapshot,
        string folder,
        string? journals,
        bool hashed,
        CancellationToken cancellation
    )
    {
        MakeFolders(snapshot, folder, journals);
        RemoveUnexpectedFiles(snapshot, folder);
        FreeSpace.Require(
            folder,
            snapshot.Files.Sum(file => Math.Max(0, file.Size - PresentLength(Path.Combine(folder, file.Path))))
        );
        var contents = snapshot
            .Files.Select(
                (file, index) =>
                    Content(
                        snapshot,
                        file,
                        Path.Combine(folder, file.Path),
                        journals is null ? null : Path.Combine(journals, $"{index}")
                    )
            )
            .ToArray();
        var hash = await TransferAsync(contents, folder, hashed, cancellation);
        WarnOfMissingShards(snapshot, folder);
        return hash;
    }

    /// <summary>Downloads the one file of a snapshot to a path.</summary>
    /// <param name="snapshot">A snapshot of exactly one file.</param>
    /// <param name="destination">The path of the file; its folder is made.</param>
    /// <param name="journals">A folder for a note that lets a later run go on, or <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <returns>SHA-256 of the file's content.</returns>
    /// <exception cref="Failure">Whatever failed for good.</exception>
    public async Task<NixHash> RunFlatAsync(
        Snapshot snapshot,
        string destination,
        string? journals,
        CancellationToken cancellation
    )
    {
        var file = snapshot.Files.Single();
        var folder = Path.GetDirectoryName(destination)!;
        MakeFolders(snapshot with { Files = [] }, folder, journals);
        FreeSpace.Require(folder, file.Size - PresentLength(destination));
        var content = Content(snapshot, file, destination, journals is null ? null : Path.Combine(journals, "0"));
        await TransferAsync([content], destination, hashed: false, cancellation);
        if (file.Sha256 is { } sha256)
            return NixHash.Parse(sha256);
        await using var stream = File.OpenRead(destination);
        return NixHash.OfDigest(await SHA256.HashDataAsync(stream, cancellation));
    }

    private RemoteContent Content(Snapshot snapshot, HubFile file, string destination, string? journal) =>
        snapshot.Content(session.Client, file, new FileSink(destination, file.Size, journal));

    private async Task<NixHash?> TransferAsync(
        RemoteContent[] contents,
        string root,
        bool hashed,
        CancellationToken cancellation
    )
    {
        var progress = new TransferProgress(contents.Length, contents.Sum(content => content.Size))
        {
            Warn = session.Warnings.Add,
        };
        using var run = new TransferRun(contents, session.Transfer, progress);
        await using var display = new ProgressDisplay(progress, session.Warnings, live);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hash = hashed ? StreamingNarHash.OfAsync(run.Files, stop.Token) : Task.FromResult<NixHash?>(null);
        try
        {
            await run.RunAsync(cancellation);
            return await hash ?? (hashed ? await NarHash.OfPathAsync(root, cancellation) : null);
        }
        finally
        {
            await stop.CancelAsync();
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
                        $"{index} names {Amounts.Count(missing.Count, "shard")} that are not among the files, the first is {Printable.Escape(missing[0])}"
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

    private static long PresentLength(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
