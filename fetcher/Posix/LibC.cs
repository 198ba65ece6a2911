using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>Every function of the C library that the program calls itself; a path is its bytes with the zero that ends
/// them (<see cref="RawPath"/>).</summary>
/// <remarks>Here are those of every system. A constant without another half is the same on all.</remarks>
internal static unsafe partial class LibC
{
    internal static readonly int CurrentFolder = OperatingSystem.IsMacOS() ? -2 : -100; // AT_FDCWD

    /// <summary>The last failed call as the exception that .NET's own file operations throw for the same
    /// cause.</summary>
    internal static Exception LastError()
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return error.NativeErrorCode switch
        {
            ErrorNumber.NoSuchFile or ErrorNumber.NotAFolder => new FileNotFoundException(error.Message),
            ErrorNumber.NotPermitted or ErrorNumber.AccessDenied => new UnauthorizedAccessException(error.Message),
            _ => new IOException(error.Message, error.NativeErrorCode),
        };
    }

    /// <summary><c>open(2)</c>.</summary>
    internal static int Open(byte[] path, int flags, uint mode) =>
        OperatingSystem.IsMacOS()
            ? DarwinOpen(path, flags, 0, 0, 0, 0, 0, 0, (nint)mode)
            : LinuxOpen(path, flags, mode);

    /// <summary><c>openat(2)</c>.</summary>
    internal static int Open(SafeFileHandle folder, byte[] path, int flags, uint mode) =>
        OperatingSystem.IsMacOS()
            ? DarwinOpen(folder, path, flags, 0, 0, 0, 0, 0, (nint)mode)
            : LinuxOpen(folder, path, flags, mode);

    /// <summary><c>ioctl(2)</c> of a terminal.</summary>
    internal static int Control(int file, nuint request, out WindowSize size) =>
        OperatingSystem.IsMacOS()
            ? DarwinControl(file, request, 0, 0, 0, 0, 0, 0, out size)
            : LinuxControl(file, request, out size);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    internal static partial int MakeFolder(SafeFileHandle folder, byte[] name, uint mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    internal static partial int MakeLink(byte[] target, SafeFileHandle folder, byte[] name);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    internal static partial int Remove(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    internal static partial int Rename(SafeFileHandle fromFolder, byte[] from, SafeFileHandle toFolder, byte[] to);

    /// <summary><c>renameat2(2)</c>, on macOS <c>renameatx_np(2)</c>.</summary>
    internal static int Rename(
        SafeFileHandle fromFolder,
        byte[] from,
        SafeFileHandle toFolder,
        byte[] to,
        uint flags
    ) =>
        OperatingSystem.IsMacOS()
            ? DarwinRename(fromFolder, from, toFolder, to, flags)
            : LinuxRename(fromFolder, from, toFolder, to, flags);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    internal static partial nint ReadLink(SafeFileHandle folder, byte[] name, byte[] target, nint size);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    internal static partial nint OpenFolder(int file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Flock(int file, int operation);

    [LibraryImport("libc", EntryPoint = "access")]
    internal static partial int Access(byte[] path, int mode);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    internal static partial nint ReadLink(byte[] path, byte[] target, nint size);

    [LibraryImport("libc", EntryPoint = "realpath")]
    internal static partial nint RealPath(byte[] path, byte[] resolved);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    internal static partial nint OpenFolder(byte[] path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    internal static partial nint ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    internal static partial int CloseFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    internal static partial int Rename(byte[] from, byte[] to);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "signal")]
    internal static partial nint SetSignal(int signal, nint action);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    internal static partial int Execute(byte[] path, byte** arguments);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    internal static partial uint EffectiveGroup();

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* FindGroup(string name);

    /// <summary><c>struct winsize</c>.</summary>
    internal struct WindowSize
    {
        public ushort Rows,
            Columns,
            Width,
            Height;
    }
}
