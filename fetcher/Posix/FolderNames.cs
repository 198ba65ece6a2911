using System.Runtime.InteropServices;

namespace NixAiModels.Posix;

/// <summary>The names in a folder, as bytes.</summary>
internal static class FolderNames
{
    private const int NameOffset = 19; // d_name in struct dirent of 64-bit Linux

    /// <summary>The names, ordered by their bytes, without <c>.</c> and <c>..</c>.</summary>
    /// <exception cref="IOException">The folder is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static unsafe List<byte[]> In(RawPath path)
    {
        var folder = LibC.OpenFolder(path.Terminated);
        if (folder == 0)
            throw LibC.LastError();

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
