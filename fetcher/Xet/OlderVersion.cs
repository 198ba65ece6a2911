using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Xet;

/// <summary>An older version of a file that this machine has. Its bytes are not trusted: the new file is verified
/// whichever way its bytes came.</summary>
/// <param name="Name">Its name in messages.</param>
/// <param name="Open">Opens it.</param>
/// <param name="XetHash">The hash by which Xet knows it.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record OlderVersion(string Name, Func<SafeFileHandle> Open, string XetHash, long Size)
{
    /// <summary>An older version at a path that only its owner or root can change.</summary>
    /// <param name="path">The path.</param>
    /// <param name="xetHash">The hash by which Xet knows it.</param>
    /// <param name="size">Its size in bytes.</param>
    public static OlderVersion At(string path, string xetHash, long size) =>
        new(
            path,
            () => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete),
            xetHash,
            size
        );
}
