using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <content>Calls that only Linux has.</content>
internal static unsafe partial class LibC
{
    /// <summary><c>openat2(2)</c>, for which the C library has no function.</summary>
    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Open(nint number, SafeFileHandle folder, byte[] path, in OpenHow how, nint size);

    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int LinuxRename(
        SafeFileHandle fromFolder,
        byte[] from,
        SafeFileHandle toFolder,
        byte[] to,
        uint flags
    );

    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(SafeFileHandle folder, byte[] path, int flags, uint mask, out StatxResult result);

    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(int folder, byte[] path, int flags, uint mask, out StatxResult result);

    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(SafeFileHandle file, nuint request, nint argument);

    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int LinuxControl(int file, nuint request, out WindowSize size);

    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int LinuxOpen(byte[] path, int flags, uint mode);

    [UnsupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int LinuxOpen(SafeFileHandle folder, byte[] path, int flags, uint mode);

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
