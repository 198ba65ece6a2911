using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Locking;

/// <summary>Keeps a folder to one of our processes at a time, by <c>flock(2)</c> on the folder itself: nothing is left
/// behind, and the kernel lets go when the process ends, however it ends.</summary>
internal sealed partial class FolderLock : IDisposable
{
    private const int OpenDirectoryCloseOnExec = 0x80000,
        Exclusive = 2,
        DoNotWait = 4,
        WouldBlock = 11;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly SafeFileHandle _folder;

    private FolderLock(SafeFileHandle folder) => _folder = folder;

    /// <summary>Takes hold of a folder; waits while another process has it.</summary>
    /// <exception cref="Failure">The folder cannot be opened, or its file system knows no locks (exit code
    /// 7).</exception>
    public static async Task<FolderLock> TakeAsync(string path, CancellationToken cancellation)
    {
        var descriptor = Open(path, OpenDirectoryCloseOnExec);
        if (descriptor < 0)
            throw Refused(path);
        var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            while (Flock(folder, Exclusive | DoNotWait) != 0)
            {
                if (Marshal.GetLastPInvokeError() != WouldBlock)
                    throw Refused(path);
                await Task.Delay(Pause, cancellation);
            }

            return new FolderLock(folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _folder.Dispose();

    private static Failure Refused(string path) =>
        new(
            ExitCode.LocalIO,
            $"cannot lock the folder {path}: {Marshal.GetLastPInvokeErrorMessage()}",
            $"ls -ld '{path}'"
        );

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle folder, int operation);
}
