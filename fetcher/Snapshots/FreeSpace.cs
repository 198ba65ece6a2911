using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Compares what a download needs with what the disks have, before the first byte.</summary>
public static class FreeSpace
{
    /// <summary>Fails if a file system has less space than is needed.</summary>
    /// <param name="needs">Folders, which need not exist yet, and how many bytes will be written to each. Those on one
    /// file system need the sum.</param>
    /// <exception cref="Failure">Exit code 7.</exception>
    public static void Require(params ReadOnlySpan<(string Folder, long Bytes)> needs)
    {
        if (FindShortage(needs) is not { } shortage)
            return;
        throw new Failure(
            ExitCode.LocalIO,
            $"not enough disk space: {shortage.Folder} needs {Amounts.Size(shortage.Needed)} and has "
                + Amounts.Size(shortage.Free),
            ShellText.Command(["df", "-h", shortage.Folder]) + "   # then free some, e.g. nix-collect-garbage"
        );
    }

    /// <summary>The first file system with less space than is needed, or <see langword="null"/>.</summary>
    /// <param name="needs">As for <see cref="Require"/>.</param>
    public static Shortage? FindShortage(params ReadOnlySpan<(string Folder, long Bytes)> needs)
    {
        var disks = new Dictionary<ulong, (string Folder, long Needed)>();
        foreach (var (folder, bytes) in needs)
        {
            var existing = folder;
            FileStatus? status;
            while ((status = FileStatus.Find(existing)) is null && Path.GetDirectoryName(existing) is { } parent)
                existing = parent;
            if (status is null)
                continue;
            var (first, sum) = disks.GetValueOrDefault(status.Value.Identity.Device, (existing, 0));
            disks[status.Value.Identity.Device] = (first, sum + bytes);
        }

        foreach (var (folder, needed) in disks.Values)
        {
            if (Free(folder) is { } free && free < needed)
                return new Shortage(folder, needed, free);
        }

        return null;
    }

    /// <summary>How many bytes of a file have been written already: those need no more space.</summary>
    /// <param name="path">The file, which need not exist yet.</param>
    internal static long Written(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // the file system does not tell; writing will
        }
    }

    /// <summary>A file system with too little space.</summary>
    /// <param name="Folder">A folder of it.</param>
    /// <param name="Needed">How many bytes will be written.</param>
    /// <param name="Free">How many are free.</param>
    public readonly record struct Shortage(string Folder, long Needed, long Free);
}
