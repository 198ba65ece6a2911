namespace NixAiModels.Posix;

/// <summary>Gives names in one step: to everybody else the old file is there, or the new one.</summary>
internal static class Rename
{
    private const uint Exchange = 2; // RENAME_EXCHANGE

    /// <summary>Renames a file, a link or a folder, in the place of whatever <c>rename(2)</c> replaces.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be written.</exception>
    internal static void Replace(RawPath from, RawPath to)
    {
        if (LibC.Rename(from.Terminated, to.Terminated) != 0)
            throw LibC.LastError();
    }

    /// <summary>Swaps two names; false where the kernel, the C library or the file system cannot.</summary>
    internal static bool TryExchange(RawPath first, RawPath second)
    {
        try
        {
            return LibC.Rename(LibC.CurrentFolder, first.Terminated, LibC.CurrentFolder, second.Terminated, Exchange)
                == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }
}
