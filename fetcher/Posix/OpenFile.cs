using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>Opens files by their bytes' path, and without the locks that .NET puts on what it opens.</summary>
internal static class OpenFile
{
    private const int Write = 0x2, // O_RDWR
        Create = 0x40, // O_CREAT
        CloseOnExec = 0x80000; // O_CLOEXEC

    /// <summary>Opens a file or a folder for reading.</summary>
    /// <exception cref="IOException">It is not there or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static SafeFileHandle ForReading(RawPath path) => Open(path, CloseOnExec);

    /// <summary>Opens a file for writing, as it is; makes an empty one that only its owner can open where there is
    /// none.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static SafeFileHandle OrCreate(RawPath path) => Open(path, Write | Create | CloseOnExec);

    private static SafeFileHandle Open(RawPath path, int flags)
    {
        const int ownerOnly = 0x180; // 0600
        var descriptor = LibC.Open(path.Terminated, flags, ownerOnly);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LibC.LastError();
    }
}
