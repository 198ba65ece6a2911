using System.Runtime.InteropServices;

namespace NixAiModels.Posix;

/// <summary>Flags of <c>open(2)</c>: asm-generic/fcntl.h and arch/arm64's on Linux, bsd/sys/fcntl.h of Apple's
/// xnu.</summary>
internal static class OpenFlags
{
    internal const int WriteOnly = 0x1, // O_WRONLY
        ReadAndWrite = 0x2; // O_RDWR

    internal static readonly int Create = Of(linux: 0x40, darwin: 0x200), // O_CREAT
        CloseOnExec = Of(linux: 0x80000, darwin: 0x1000000), // O_CLOEXEC
        NoFollow = Of(linux: 0x20000, darwin: 0x100, linuxOnArm: 0x8000); // O_NOFOLLOW

    private static readonly int MustNotExist = Of(linux: 0x80, darwin: 0x800), // O_EXCL
        NoTerminal = Of(linux: 0x100, darwin: 0x20000), // O_NOCTTY
        DoNotWait = Of(linux: 0x800, darwin: 0x4), // O_NONBLOCK
        Folder = Of(linux: 0x10000, darwin: 0x100000, linuxOnArm: 0x4000), // O_DIRECTORY
        SearchOnly = Of(linux: 0x200000, darwin: 0x40000000); // O_PATH, O_EXEC (with O_DIRECTORY it is O_SEARCH)

    /// <summary>For reading a file; never waits for the other end of a pipe.</summary>
    internal static readonly int Read = CloseOnExec | NoFollow | NoTerminal | DoNotWait;

    /// <summary>For the names in a folder.</summary>
    internal static readonly int List = CloseOnExec | NoFollow | Folder;

    /// <summary>For a new file.</summary>
    internal static readonly int Make = CloseOnExec | NoFollow | WriteOnly | Create | MustNotExist;

    /// <summary>For what is below a folder, which need not be readable for that.</summary>
    internal static int Enter => LinuxCalls.AreUsed || OperatingSystem.IsMacOS() ? List | SearchOnly : List;

    private static int Of(int linux, int darwin, int? linuxOnArm = null) =>
        OperatingSystem.IsMacOS() ? darwin
        : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? linuxOnArm ?? linux
        : linux;
}
