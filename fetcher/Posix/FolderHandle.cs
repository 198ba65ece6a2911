using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>An open folder. Every operation names an entry by its path from here and follows no link, on the way or at
/// the end: whoever may write below it cannot lead one elsewhere.</summary>
/// <remarks>A path is names joined by slashes, or <c>.</c> for the folder itself. It is resolved by <c>openat2(2)</c>
/// with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, or name by name with O_NOFOLLOW on macOS, and where the kernel (before
/// 5.6) or a sandbox does not have it.</remarks>
internal sealed partial class FolderHandle : IDisposable
{
    private const nint OpenAt2 = 437; // __NR_openat2, the same on every architecture
    private const ulong StayBeneath = 0x08 | 0x04; // RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS
    private readonly SafeFileHandle _folder;

    private FolderHandle(SafeFileHandle folder) => _folder = folder;

    /// <summary>The status of the folder itself.</summary>
    internal FileStatus Status => FileStatus.Of(_folder);

    /// <summary>Opens a folder by its whole path, whose links are followed: only for reading, or where nobody else can
    /// change the path (<see cref="TrustedFolder"/>).</summary>
    /// <returns><see langword="null"/> where there is no such folder.</returns>
    /// <exception cref="UnauthorizedAccessException">It may not be entered.</exception>
    internal static FolderHandle? Open(RawPath path)
    {
        var descriptor = LibC.Open(path.Terminated, OpenFlags.Enter & ~OpenFlags.NoFollow, 0);
        return descriptor >= 0
            ? new FolderHandle(new SafeFileHandle(descriptor, ownsHandle: true))
            : NullIfAbsent<FolderHandle>();
    }

    /// <summary>Opens a folder below; <see langword="null"/> where there is none: nothing, a link, a file.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be entered.</exception>
    internal FolderHandle? Find(RawPath path) =>
        TryOpen(path, OpenFlags.Enter) is { } found ? new FolderHandle(found) : NullIfAbsent<FolderHandle>();

    /// <summary>As <see cref="Find"/>, where there must be one.</summary>
    /// <exception cref="IOException">There is none.</exception>
    internal FolderHandle Enter(RawPath path) =>
        TryOpen(path, OpenFlags.Enter) is { } found ? new FolderHandle(found) : throw LibC.LastError();

    /// <summary>Opens the folder that this one is in.</summary>
    internal FolderHandle Above() =>
        LibC.Open(_folder, ((RawPath)"..").Terminated, OpenFlags.Enter, 0) is >= 0 and var descriptor
            ? new FolderHandle(new SafeFileHandle(descriptor, ownsHandle: true))
            : throw LibC.LastError();

    /// <summary>The status of an entry; <see langword="null"/> where there is none, or none that can be reached without
    /// a link.</summary>
    internal FileStatus? Entry(RawPath path)
    {
        using var parent = Find(path.Folder);
        if (parent is null)
            return null;
        return FileStatus.FindEntry(parent._folder, path.Name) is { } found ? found : NullIfAbsent<FileStatus?>();
    }

    /// <summary>The bytes that a link holds; <see langword="null"/> where there is no link.</summary>
    internal byte[]? Link(RawPath path)
    {
        const int longestPath = 4096; // PATH_MAX
        using var parent = Find(path.Folder);
        if (parent is null)
            return null;
        var target = new byte[longestPath];
        var length = LibC.ReadLink(parent._folder, path.Name.Terminated, target, target.Length);
        if (length >= 0)
            return target[..(int)length];
        return Marshal.GetLastPInvokeError() == ErrorNumber.Invalid ? null : NullIfAbsent<byte[]?>();
    }

    /// <summary>The names in a folder, ordered by their bytes.</summary>
    /// <exception cref="IOException">There is no such folder, or it cannot be read.</exception>
    internal List<byte[]> Names(RawPath path)
    {
        using var folder = TryOpen(path, OpenFlags.List) ?? throw LibC.LastError();
        return FolderNames.In(folder);
    }

    /// <summary>The names in a folder as text, ordered by their bytes; none where it is missing or a link.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal List<string> NamesIn(RawPath path)
    {
        using var folder = Find(path);
        return folder?.Names(".").ConvertAll(Encoding.UTF8.GetString) ?? [];
    }

    /// <summary>The bytes of a regular file that is not longer than a limit.</summary>
    /// <returns><see langword="null"/> where there is no such file. A pipe or a device is not waited for.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal byte[]? Read(RawPath path, int limit)
    {
        using var file = OpenRegular(path);
        if (file is null)
            return null;
        var size = FileStatus.Of(file).Size;
        if (size > limit)
            return null;
        // It may grow meanwhile.
        var content = new byte[size + 1];
        var length = FullRead.Of(file, content, 0);
        return length <= size ? content[..length] : null;
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <returns><see langword="null"/> where there is no such file. A pipe or a device is not waited for.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal SafeFileHandle? OpenRegular(RawPath path)
    {
        if (Entry(path) is not { Kind: FileKind.Regular })
            return null;
        var file = TryOpen(path, OpenFlags.Read);
        if (file is null)
            return NullIfAbsent<SafeFileHandle>();
        if (FileStatus.Of(file).Kind == FileKind.Regular)
            return file;
        file.Dispose();
        return null;
    }

    public void Dispose() => _folder.Dispose();

    private static T? NullIfAbsent<T>()
    {
        var error = Marshal.GetLastPInvokeError();
        return error is ErrorNumber.NoSuchFile or ErrorNumber.NotAFolder || error == ErrorNumber.IsLink
            ? default
            : throw LibC.LastError();
    }

    /// <summary>Opens what is below; <see langword="null"/> where the call failed, whose error is kept.</summary>
    private SafeFileHandle? TryOpen(RawPath path, int flags, uint mode = 0)
    {
        if (LinuxCalls.AreUsed)
        {
            var how = new LibC.OpenHow
            {
                Flags = (uint)flags,
                Mode = mode,
                Resolve = StayBeneath,
            };
            var descriptor = (int)LibC.Open(OpenAt2, _folder, path.Terminated, how, Marshal.SizeOf<LibC.OpenHow>());
            if (descriptor >= 0)
                return new SafeFileHandle(descriptor, ownsHandle: true);
            // A sandbox that does not know the call forbids it.
            var error = Marshal.GetLastPInvokeError();
            if (error != ErrorNumber.NotImplemented && error != ErrorNumber.NotPermitted)
                return null;
        }

        return OpenNameByName(path, flags, mode);
    }

    private SafeFileHandle? OpenNameByName(RawPath path, int flags, uint mode)
    {
        SafeFileHandle? above = null;
        var names = path.Names().ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            var descriptor = LibC.Open(
                above ?? _folder,
                names[i].Terminated,
                i == names.Length - 1 ? flags : OpenFlags.Enter,
                mode
            );
            var error = Marshal.GetLastPInvokeError();
            above?.Dispose();
            above = descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
            Marshal.SetLastPInvokeError(error);
            if (above is null)
                break;
        }

        return above;
    }
}
