using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>Reads that are not cut short: a system call may return fewer bytes than are there.</summary>
internal static class FullRead
{
    /// <summary>Fills a buffer from a place of a file.</summary>
    /// <returns>How many bytes were read: fewer than the buffer takes only where the file ends.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static int Of(SafeFileHandle file, Span<byte> into, long offset)
    {
        var total = 0;
        while (total < into.Length && RandomAccess.Read(file, into[total..], offset + total) is > 0 and var count)
            total += count;
        return total;
    }
}
