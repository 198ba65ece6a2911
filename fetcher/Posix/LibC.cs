using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>Every function of the C library that the program calls itself; a path is its bytes with the zero that ends
/// them (<see cref="RawPath"/>).</summary>
/// <remarks>Constants are those of 64-bit Linux, the same on x86-64 and on aarch64 unless they say otherwise.</remarks>
internal static unsafe partial class LibC
{
    internal const int CurrentFolder = -100; // AT_FDCWD

    /// <summary>The last failed call as the exception that .NET's own file operations throw for the same
    /// cause.</summary>
    internal static Exception LastError()
    {
        const int notPermitted = 1,
            noSuchFile = 2,
            accessDenied = 13,
            notAFolder = 20;
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return error.NativeErrorCode switch
        {
            noSuchFile or notAFolder => new FileNotFoundException(error.Message),
            notPermitted or accessDenied => new UnauthorizedAccessException(error.Message),
            _ => new IOException(error.Message, error.NativeErrorCode),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    internal static partial int Open(byte[] path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    internal static partial int Open(SafeFileHandle folder, byte[] path, int flags, uint mode);

    /// <summary><c>openat2(2)</c>, for which the C library has no function.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Open(nint number, SafeFileHandle folder, byte[] path, in OpenHow how, nint size);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    internal static partial int MakeFolder(SafeFileHandle folder, byte[] name, uint mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    internal static partial int MakeLink(byte[] target, SafeFileHandle folder, byte[] name);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    internal static partial int Remove(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    internal static partial int Rename(SafeFileHandle fromFolder, byte[] from, SafeFileHandle toFolder, byte[] to);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    internal static partial int Rename(
        SafeFileHandle fromFolder,
        byte[] from,
        SafeFileHandle toFolder,
        byte[] to,
        uint flags
    );

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    internal static partial nint ReadLink(SafeFileHandle folder, byte[] name, byte[] target, nint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(SafeFileHandle folder, byte[] path, int flags, uint mask, out StatxResult result);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    internal static partial nint OpenFolder(int file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Flock(int file, int operation);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(int folder, byte[] path, int flags, uint mask, out StatxResult result);

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

    /// <summary>The kernel's <c>struct open_how</c> (linux/openat2.h).</summary>
    internal struct OpenHow
    {
        public ulong Flags;

        public ulong Mode;

        public ulong Resolve;
    }

    /// <summary>The kernel's <c>struct statx</c> (linux/stat.h), as far as it is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatxResult
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public long Size;

        [FieldOffset(48)]
        public long Blocks;

        [FieldOffset(136)]
        public ulong Device;
    }
}
