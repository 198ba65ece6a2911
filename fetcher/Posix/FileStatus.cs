using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Posix;

/// <summary>The status of a file (<c>statx(2)</c>, on macOS <c>fstatat(2)</c>). .NET cannot tell a pipe from an empty
/// file, and knows neither group nor inode.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Allocated">The bytes that it takes on disk: fewer where it has holes.</param>
/// <param name="Owner">The number of its owner.</param>
/// <param name="Group">The number of its group.</param>
/// <param name="Identity">Its device and inode: equal for two names of one file.</param>
internal readonly record struct FileStatus(
    FileKind Kind,
    UnixFileMode Mode,
    long Size,
    long Allocated,
    uint Owner,
    uint Group,
    (ulong Device, ulong Inode) Identity
)
{
    private const int OfDescriptor = 0x1000; // AT_EMPTY_PATH
    private const uint BasicStats = 0x7ff; // STATX_BASIC_STATS
    private const int BlockSize = 512; // of stx_blocks and st_blocks

    private static readonly int DoNotFollow = OperatingSystem.IsMacOS() ? 0x20 : 0x100; // AT_SYMLINK_NOFOLLOW

    /// <summary>The status of what a path leads to; <see langword="null"/> where it leads nowhere, or nowhere that may
    /// be seen.</summary>
    internal static FileStatus? Find(RawPath path) => Query(LibC.CurrentFolder, path, 0);

    /// <summary>The status of what has a path; a link at its end is not followed.</summary>
    internal static FileStatus? FindEntry(RawPath path) => Query(LibC.CurrentFolder, path, DoNotFollow);

    /// <summary>As <see cref="FindEntry(RawPath)"/>, where something must be.</summary>
    /// <exception cref="IOException">There is nothing, or it may not be seen.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder above it may not be searched.</exception>
    internal static FileStatus OfEntry(RawPath path) => FindEntry(path) ?? throw LibC.LastError();

    /// <summary>The status of an open file.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    internal static FileStatus Of(SafeFileHandle file)
    {
        if (!OperatingSystem.IsMacOS())
            return Query(file, "", OfDescriptor) ?? throw LibC.LastError();
        return LibC.DarwinStatus(file, out var found) == 0 ? Of(found) : throw LibC.LastError();
    }

    /// <summary>The status of an entry of an open folder; a link is not followed.</summary>
    /// <returns><see langword="null"/> where the call failed; the C library has the reason.</returns>
    internal static FileStatus? FindEntry(SafeFileHandle folder, RawPath name) => Query(folder, name, DoNotFollow);

    /// <summary>Whether a path leads to something. (To .NET a link that leads nowhere exists.)</summary>
    internal static bool Exists(RawPath path) => Find(path) is not null;

    private static FileStatus? Query(int folder, RawPath path, int flags)
    {
        if (OperatingSystem.IsMacOS())
            return LibC.DarwinStatus(folder, path.Terminated, out var darwin, flags) == 0 ? Of(darwin) : null;
        return LibC.Statx(folder, path.Terminated, flags, BasicStats, out var linux) == 0 ? Of(linux) : null;
    }

    private static FileStatus? Query(SafeFileHandle folder, RawPath path, int flags)
    {
        if (OperatingSystem.IsMacOS())
            return LibC.DarwinStatus(folder, path.Terminated, out var darwin, flags) == 0 ? Of(darwin) : null;
        return LibC.Statx(folder, path.Terminated, flags, BasicStats, out var linux) == 0 ? Of(linux) : null;
    }

    private static FileStatus Of(in LibC.StatxResult found) =>
        Of(found.Mode, found.Size, found.Blocks, found.Owner, found.Group, (found.Device, found.Inode));

    internal static FileStatus Of(in LibC.DarwinStat found) =>
        Of(found.Mode, found.Size, found.Blocks, found.Owner, found.Group, ((uint)found.Device, found.Inode));

    private static FileStatus Of(
        ushort mode,
        long size,
        long blocks,
        uint owner,
        uint group,
        (ulong Device, ulong Inode) identity
    )
    {
        var kind = (FileKind)(mode & 0xf000);
        return new FileStatus(
            Enum.IsDefined(kind) ? kind : FileKind.Other,
            (UnixFileMode)(mode & 0xfff),
            size,
            blocks * BlockSize,
            owner,
            group,
            identity
        );
    }
}
