using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>Copies files. A file system that can (btrfs, XFS, bcachefs, ZFS) shares the blocks: no bytes are read and
/// no space is taken.</summary>
internal static class FileClone
{
    private const nuint Clone = 0x40049409; // FICLONE, ioctl_ficlone(2)
    private const int BlockSize = 1 << 20;

    /// <summary>Makes a file with the content of an open one.</summary>
    /// <param name="from">The open file.</param>
    /// <param name="to">The new file's path; nothing may be there.</param>
    /// <param name="cancellation">Ends the copy.</param>
    /// <returns>Whether it shares the blocks of the other file.</returns>
    /// <exception cref="IOException">The file system refused; the new file is gone.</exception>
    internal static bool Copy(SafeFileHandle from, string to, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(to, FileMode.CreateNew, FileAccess.Write);
        try
        {
            if (LibC.Control(file, Clone, from.DangerousGetHandle()) == 0)
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
