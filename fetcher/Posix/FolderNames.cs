using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>The names in a folder, as bytes.</summary>
internal static class FolderNames
{
    // d_name in struct dirent: of 64-bit Linux, and of bsd/sys/dirent.h of Apple's xnu with 64-bit inodes
    private static readonly int NameOffset = OperatingSystem.IsMacOS() ? 21 : 19;

    /// <summary>The names, ordered by their bytes, without <c>.</c> and <c>..</c>.</summary>
    /// <exception cref="IOException">The folder is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static List<byte[]> In(RawPath path)
    {
        var folder = LibC.OpenFolder(path.Terminated);
        return folder != 0 ? Read(folder) : throw LibC.LastError();
    }

    /// <summary>As <see cref="In(RawPath)"/>, of a folder that is open for reading, which is closed.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static List<byte[]> In(SafeFileHandle open)
    {
        var folder = LibC.OpenFolder((int)open.DangerousGetHandle());
        if (folder == 0)
            throw LibC.LastError();
        open.SetHandleAsInvalid();
        return Read(folder);
    }

    private static unsafe List<byte[]> Read(nint folder)
    {
        var names = new List<byte[]>();
        try
        {
            for (var entry = LibC.ReadFolder(folder); entry != 0; entry = LibC.ReadFolder(folder))
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameOffset);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    names.Add(name.ToArray());
            }

            if (Marshal.GetLastPInvokeError() != 0)
                throw LibC.LastError();
        }
        finally
        {
            _ = LibC.CloseFolder(folder);
        }

        names.Sort((left, right) => left.AsSpan().SequenceCompareTo(right));
        return names;
    }
}
