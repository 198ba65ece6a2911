using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>Opens files by their bytes' path, and without the locks that .NET puts on what it opens.</summary>
internal static class OpenFile
{
    /// <summary>Opens a file or a folder for reading.</summary>
    /// <exception cref="IOException">It is not there or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static SafeFileHandle ForReading(RawPath path) => Open(path, OpenFlags.CloseOnExec);

    /// <summary>Opens a file for writing, as it is; makes an empty one that only its owner can open where there is
    /// none.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static SafeFileHandle OrCreate(RawPath path) =>
        Open(path, OpenFlags.ReadAndWrite | OpenFlags.Create | OpenFlags.CloseOnExec);

    private static SafeFileHandle Open(RawPath path, int flags)
    {
        const uint ownerOnly = 0x180; // 0600
        var descriptor = LibC.Open(path.Terminated, flags, ownerOnly);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LibC.LastError();
    }
}
