using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Compares what a download needs with what the disk has, before the first byte.</summary>
public static class FreeSpace
{
    /// <summary>Fails if a folder's file system has less room than is needed.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="needed">How many bytes will be written.</param>
    /// <exception cref="Failure">Exit code 7.</exception>
    public static void Require(string folder, long needed)
    {
        long free;
        try
        {
            free = new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return; // a file system that does not tell; writing will
        }

        if (free >= needed)
            return;
        throw new Failure(
            ExitCode.LocalIO,
            $"not enough disk space: {Amounts.Size(needed)} are to be written to {folder}, "
                + $"which has {Amounts.Size(free)} free",
            $"df -h '{folder}'   # then free some, e.g. nix-collect-garbage"
        );
    }
}
