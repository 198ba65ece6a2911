using NixAiModels.Posix;

namespace NixAiModels.Snapshots;

/// <summary>A partial download on disk, as <see cref="PartialSnapshot"/> leaves it.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Name">What the snapshot is called in the store; empty where nothing has been written yet.</param>
/// <param name="Size">The bytes that it takes on disk.</param>
/// <param name="Modified">When it was last written to.</param>
public sealed record PartialDownload(string Folder, string Name, long Size, DateTime Modified);

/// <summary>The partial downloads in a folder: lists them, and removes those that no process works on.</summary>
public static class PartialDownloads
{
    /// <summary>The folder of this user's partial downloads; it may not exist.</summary>
    public static string UserFolder => CacheFolder.Of("snapshots");

    /// <summary>Lists partial downloads, the oldest first.</summary>
    /// <param name="home">The folder that they are in; it may not exist.</param>
    /// <exception cref="Failure">Exit code 7: a folder cannot be read.</exception>
    public static IReadOnlyList<PartialDownload> In(string home)
    {
        try
        {
            return Directory.Exists(home)
                ?
                [
                    .. Directory
                        .EnumerateDirectories(home)
                        .Where(folder => PartialSnapshot.IsKey(Path.GetFileName(folder)))
                        .Select(Read)
                        .OrderBy(download => download.Modified),
                ]
                : [];
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, home);
        }
    }

    /// <summary>The process that works on a download, as text; <see langword="null"/> if none does.</summary>
    /// <param name="download">The download.</param>
    public static string? HolderOf(PartialDownload download)
    {
        ArgumentNullException.ThrowIfNull(download);
        if (!File.Exists(PartialSnapshot.LockOf(download.Folder)))
            return null;
        using var held = FileLock.TryTake(PartialSnapshot.LockOf(download.Folder), out var holder);
        return held is null ? (holder?.ToString() ?? "another process") : null;
    }

    /// <summary>Removes a download that no process works on.</summary>
    /// <param name="download">The download.</param>
    /// <returns>Whether it was removed; false if a process works on it.</returns>
    /// <exception cref="Failure">Exit code 7: the file system refused.</exception>
    public static bool TryRemove(PartialDownload download)
    {
        ArgumentNullException.ThrowIfNull(download);
        using var held = FileLock.TryTake(PartialSnapshot.LockOf(download.Folder), out _);
        if (held is null)
            return false;
        try
        {
            PartialSnapshot.Remove(download.Folder);
            return true;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, download.Folder);
        }
    }

    private static PartialDownload Read(string folder)
    {
        var tree = PartialSnapshot.TreesOf(folder);
        var name = Directory.Exists(tree) ? Directory.EnumerateFileSystemEntries(tree).FirstOrDefault() : null;
        long size = 0;
        var modified = Directory.GetLastWriteTimeUtc(folder);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            // Files have their final length from the first byte; the disk holds what has arrived.
            size += FileStatus.FindEntry(file.FullName)?.Allocated ?? 0;
            modified = file.LastWriteTimeUtc > modified ? file.LastWriteTimeUtc : modified;
        }

        return new PartialDownload(folder, Path.GetFileName(name) ?? "", size, modified);
    }
}
