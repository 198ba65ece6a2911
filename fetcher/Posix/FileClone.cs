using System.Buffers;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>Copies files. A file system that can (btrfs, XFS, bcachefs, ZFS, APFS) shares the blocks: no bytes are read
/// and no space is taken.</summary>
internal static class FileClone
{
    private const nuint Clone = 0x40049409; // FICLONE, ioctl_ficlone(2)
    private const uint WithoutOwner = 2; // CLONE_NOOWNERCOPY, bsd/sys/clonefile.h of Apple's xnu
    private const int BlockSize = 1 << 20;

    /// <summary>Makes a file with the content of an open one.</summary>
    /// <param name="from">The open file.</param>
    /// <param name="to">The new file's path; nothing may be there.</param>
    /// <param name="cancellation">Ends the copy.</param>
    /// <returns>Whether it shares the blocks of the other file.</returns>
    /// <exception cref="IOException">The file system refused; the new file is gone.</exception>
    internal static bool Copy(SafeFileHandle from, string to, CancellationToken cancellation)
    {
        if (OperatingSystem.IsMacOS() && TryDarwinClone(from, to))
            return true;
        using var file = File.OpenHandle(to, FileMode.CreateNew, FileAccess.Write);
        try
        {
            if (LinuxCalls.AreUsed && LibC.Control(file, Clone, from.DangerousGetHandle()) == 0)
                return true;
            Copy(from, file, cancellation);
            return false;
        }
        catch
        {
            File.Delete(to);
            throw;
        }
    }

    [SupportedOSPlatform("macos")]
    private static bool TryDarwinClone(SafeFileHandle from, string to)
    {
        const UnixFileMode ownerWrites =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (LibC.DarwinClone(from, LibC.CurrentFolder, ((RawPath)to).Terminated, WithoutOwner) != 0)
            return false;
        // Those of the other file have come along.
        File.SetUnixFileMode(to, ownerWrites);
        return true;
    }

    private static void Copy(SafeFileHandle from, SafeFileHandle to, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var position = 0L;
            while (RandomAccess.Read(from, buffer, position) is > 0 and var count)
            {
                cancellation.ThrowIfCancellationRequested();
                RandomAccess.Write(to, buffer.AsSpan(0, count), position);
                position += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
