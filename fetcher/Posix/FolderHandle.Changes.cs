using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

internal sealed partial class FolderHandle
{
    private const uint Unchanged = uint.MaxValue;
    private const int Deepest = 100;

    // fcntl.h and stdio.h: Linux', and bsd/sys of Apple's xnu
    private static readonly int ThatIsAFolder = OperatingSystem.IsMacOS() ? 0x80 : 0x200; // AT_REMOVEDIR
    private static readonly uint DoNotReplace = OperatingSystem.IsMacOS() ? 4u : 1, // RENAME_EXCL, RENAME_NOREPLACE
        Exchange = 2; // RENAME_SWAP, RENAME_EXCHANGE

    /// <summary>Makes a folder.</summary>
    /// <exception cref="IOException">There is something already, or the file system refused.</exception>
    internal void MakeFolder(RawPath path, UnixFileMode mode) =>
        In(path, (folder, name) => LibC.MakeFolder(folder, name, (uint)mode));

    /// <summary>Makes a folder and opens it; a folder that somebody else made meanwhile is opened as it is.</summary>
    /// <exception cref="IOException">There is something else, or the file system refused.</exception>
    internal FolderHandle MakeAndEnter(RawPath path, UnixFileMode mode)
    {
        try
        {
            MakeFolder(path, mode);
        }
        catch (IOException exception) when (exception.HResult == ErrorNumber.AlreadyThere) { }

        return Enter(path);
    }

    /// <summary>Makes a link.</summary>
    /// <exception cref="IOException">There is something already, or the file system refused.</exception>
    internal void MakeLink(RawPath path, RawPath target) =>
        In(path, (folder, name) => LibC.MakeLink(target.Terminated, folder, name));

    /// <summary>Makes a file and waits until the disk has it.</summary>
    /// <param name="path">Where; nothing may be there.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="mode">Its permissions; the umask applies where no group is given.</param>
    /// <param name="group">The group that it is given to, if any.</param>
    /// <exception cref="IOException">There is something already, or the file system refused.</exception>
    internal void MakeFile(RawPath path, ReadOnlySpan<byte> content, UnixFileMode mode, uint? group = null)
    {
        using var parent = Enter(path.Folder);
        using var file = parent.TryOpen(path.Name, OpenFlags.Make, (uint)mode) ?? throw LibC.LastError();
        RandomAccess.Write(file, content, 0);
        if (group is not null)
            Share(file, group, mode);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Gives a folder to a group, if there is one to give it to, and sets its permissions.</summary>
    /// <exception cref="IOException">The folder does not exist, or the file system refused.</exception>
    internal void ShareFolder(RawPath path, uint? group, UnixFileMode mode)
    {
        using var folder = TryOpen(path, OpenFlags.List) ?? throw LibC.LastError();
        Share(folder, group, mode);
    }

    /// <summary>Renames in one step; what may be replaced is what <c>rename(2)</c> replaces.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    internal void Replace(RawPath from, RawPath to)
    {
        using var here = Enter(from.Folder);
        using var there = Enter(to.Folder);
        if (LibC.Rename(here._folder, from.Name.Terminated, there._folder, to.Name.Terminated) != 0)
            throw LibC.LastError();
    }

    /// <summary>Renames to a name that is free.</summary>
    /// <exception cref="IOException">There is something already, or the file system refused.</exception>
    internal void MoveTo(RawPath from, RawPath to)
    {
        if (!TryRename(from, to, DoNotReplace))
            Replace(from, to);
    }

    /// <summary>Swaps two names; false where the kernel, the C library or the file system cannot.</summary>
    internal bool TryExchange(RawPath first, RawPath second) => TryRename(first, second, Exchange);

    /// <summary>Removes a file or a link.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    internal void Remove(RawPath path) => In(path, (folder, name) => LibC.Remove(folder, name, 0));

    /// <summary>Removes an empty folder.</summary>
    /// <exception cref="IOException">It is not empty, or the file system refused.</exception>
    internal void RemoveFolder(RawPath path) => In(path, (folder, name) => LibC.Remove(folder, name, ThatIsAFolder));

    /// <summary>Removes a folder with all that is in it, or a file or a link.</summary>
    /// <exception cref="IOException">The file system refused, or somebody else changed it meanwhile.</exception>
    internal void RemoveTree(RawPath path) => RemoveTree(path, Deepest);

    private void RemoveTree(RawPath path, int depth)
    {
        using var parent = Enter(path.Folder);
        if (parent.Find(path.Name) is not { } folder)
        {
            parent.Remove(path.Name);
            return;
        }

        using (folder)
        {
            if (depth == 0)
                throw new IOException("the folders are nested too deeply");
            foreach (var name in folder.Names("."))
                folder.RemoveTree(RawPath.OfBytes(name), depth - 1);
        }

        parent.RemoveFolder(path.Name);
    }

    private void In(RawPath path, Func<SafeFileHandle, byte[], int> call)
    {
        using var parent = Enter(path.Folder);
        if (call(parent._folder, path.Name.Terminated) != 0)
            throw LibC.LastError();
    }

    private bool TryRename(RawPath from, RawPath to, uint how)
    {
        using var here = Enter(from.Folder);
        using var there = Enter(to.Folder);
        if (!LinuxCalls.AreUsed && !OperatingSystem.IsMacOS())
            return false;
        try
        {
            if (LibC.Rename(here._folder, from.Name.Terminated, there._folder, to.Name.Terminated, how) == 0)
                return true;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }

        var error = Marshal.GetLastPInvokeError();
        return error != ErrorNumber.Invalid && error != ErrorNumber.NotSupported && error != ErrorNumber.NotImplemented
            ? throw LibC.LastError()
            : false;
    }

    private static void Share(SafeFileHandle file, uint? group, UnixFileMode mode)
    {
        // The group before the mode: between the two it is closed, not open.
        if (
            (group is { } members && LibC.ChangeOwner(file, Unchanged, members) != 0)
            || LibC.ChangeMode(file, (uint)mode) != 0
        )
        {
            throw LibC.LastError();
        }
    }
}
