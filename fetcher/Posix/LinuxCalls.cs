using System.Runtime.Versioning;

namespace NixAiModels.Posix;

/// <summary>Whether calls that only Linux has are made: openat2, renameat2, FICLONE, O_PATH. Elsewhere each has another
/// half, of calls that every system has or, in <c>LibC.Darwin.cs</c>, of macOS' own.</summary>
internal static class LinuxCalls
{
    /// <summary>Tests of the other half clear it.</summary>
    [UnsupportedOSPlatformGuard("macos")]
    internal static bool AreUsed { get; set; } = OperatingSystem.IsLinux();
}
