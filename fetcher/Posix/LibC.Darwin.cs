using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <content>What macOS has in place of Linux' own calls, on 64-bit ARM.</content>
internal static unsafe partial class LibC
{
    /// <summary><c>fstatat(2)</c>.</summary>
    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "fstatat", SetLastError = true)]
    internal static partial int DarwinStatus(int folder, byte[] path, out DarwinStat result, int flags);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "fstatat", SetLastError = true)]
    internal static partial int DarwinStatus(SafeFileHandle folder, byte[] path, out DarwinStat result, int flags);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    internal static partial int DarwinStatus(SafeFileHandle file, out DarwinStat result);

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "renameatx_np", SetLastError = true)]
    private static partial int DarwinRename(
        SafeFileHandle fromFolder,
        byte[] from,
        SafeFileHandle toFolder,
        byte[] to,
        uint flags
    );

    /// <summary>Makes a file that shares the blocks of an open one.</summary>
    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "fclonefileat", SetLastError = true)]
    internal static partial int DarwinClone(SafeFileHandle from, int folder, byte[] to, uint flags);

    // Apple's calling convention on ARM passes the arguments that `...` stands for on the stack, also where registers
    // are free. Zeros for the free ones of the eight bring the last argument there.

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int DarwinOpen(
        byte[] path,
        int flags,
        nint r2,
        nint r3,
        nint r4,
        nint r5,
        nint r6,
        nint r7,
        nint mode
    );

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int DarwinOpen(
        SafeFileHandle folder,
        byte[] path,
        int flags,
        nint r3,
        nint r4,
        nint r5,
        nint r6,
        nint r7,
        nint mode
    );

    [SupportedOSPlatform("macos")]
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int DarwinControl(
        int file,
        nuint request,
        nint r2,
        nint r3,
        nint r4,
        nint r5,
        nint r6,
        nint r7,
        out WindowSize size
    );

    /// <summary><c>struct stat</c> with 64-bit inodes (bsd/sys/stat.h of Apple's xnu), as far as it is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    internal struct DarwinStat
    {
        [FieldOffset(0)]
        public int Device;

        [FieldOffset(4)]
        public ushort Mode;

        [FieldOffset(8)]
        public ulong Inode;

        [FieldOffset(16)]
        public uint Owner;

        [FieldOffset(20)]
        public uint Group;

        [FieldOffset(96)]
        public long Size;

        [FieldOffset(104)]
        public long Blocks;
    }
}
