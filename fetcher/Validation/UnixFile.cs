using System.Runtime.InteropServices;
using System.Text;

namespace NixAiModels.Validation;

/// <summary>The two facts of a path that .NET does not tell: its type, and where it leads once every link is
/// followed.</summary>
internal static unsafe partial class UnixFile
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint WantType = 1; // STATX_TYPE
    private const int ModeOffset = 28; // stx_mode in struct statx (linux/stat.h), the same on every architecture
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int LongestPath = 4096;

    /// <summary>Whether the path, links followed, is a regular file; opening a pipe would wait for ever.</summary>
    public static bool IsRegular(string path)
    {
        Span<byte> facts = stackalloc byte[256];
        fixed (byte* start = facts)
        {
            return StatX(CurrentFolder, path, 0, WantType, start) == 0
                && (MemoryMarshal.Read<ushort>(facts[ModeOffset..]) & TypeMask) == RegularType;
        }
    }

    /// <summary>The path with every link followed, or <see langword="null"/> if it leads nowhere.</summary>
    public static string? RealPath(string path)
    {
        Span<byte> resolved = stackalloc byte[LongestPath + 1];
        fixed (byte* start = resolved)
        {
            return Resolve(path, start) == null
                ? null
                : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start));
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* facts);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* Resolve(string path, byte* resolved);
}
