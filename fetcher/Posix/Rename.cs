namespace NixAiModels.Posix;

/// <summary>Gives names in one step: to everybody else the old file is there, or the new one.</summary>
internal static class Rename
{
    /// <summary>Renames a file, a link or a folder, in the place of whatever <c>rename(2)</c> replaces.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be written.</exception>
    internal static void Replace(RawPath from, RawPath to)
    {
        if (LibC.Rename(from.Terminated, to.Terminated) != 0)
            throw LibC.LastError();
    }
}
