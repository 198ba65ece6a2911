using System.Runtime.InteropServices;
using NixAiModels.Posix;

namespace NixAiModels.Tests.Posix;

/// <summary>What macOS' half reads, as far as that can be seen on another system.</summary>
public sealed class DarwinTests
{
    [Theory]
    [InlineData(nameof(Stat.st_dev), nameof(LibC.DarwinStat.Device))]
    [InlineData(nameof(Stat.st_mode), nameof(LibC.DarwinStat.Mode))]
    [InlineData(nameof(Stat.st_ino), nameof(LibC.DarwinStat.Inode))]
    [InlineData(nameof(Stat.st_uid), nameof(LibC.DarwinStat.Owner))]
    [InlineData(nameof(Stat.st_gid), nameof(LibC.DarwinStat.Group))]
    [InlineData(nameof(Stat.st_size), nameof(LibC.DarwinStat.Size))]
    [InlineData(nameof(Stat.st_blocks), nameof(LibC.DarwinStat.Blocks))]
    public void The_status_is_read_where_the_C_compiler_puts_it(string field, string read) =>
        Marshal.OffsetOf<LibC.DarwinStat>(read).Should().Be(Marshal.OffsetOf<Stat>(field));

    [Fact]
    public void The_status_has_the_size_of_the_C_compilers() =>
        Marshal.SizeOf<LibC.DarwinStat>().Should().Be(Marshal.SizeOf<Stat>());

    [Theory]
    [InlineData(0x81a4, FileKind.Regular, 0x1a4)]
    [InlineData(0x43ff, FileKind.Folder, 0x3ff)]
    [InlineData(0xa1ed, FileKind.Link, 0x1ed)]
    [InlineData(0x1180, FileKind.Other, 0x180)]
    public void A_status_tells_kind_permissions_and_blocks(int mode, object kind, int permissions)
    {
        var status = FileStatus.Of(
            new LibC.DarwinStat
            {
                Device = -5,
                Mode = (ushort)mode,
                Inode = 7,
                Owner = 501,
                Group = 20,
                Size = 5000,
                Blocks = 8,
            }
        );

        status
            .Should()
            .Be(
                new FileStatus((FileKind)kind, (UnixFileMode)permissions, 5000, 4096, 501, 20, (unchecked((uint)-5), 7))
            );
    }

    // The fields of bsd/sys/stat.h in their order, for the compiler to lay out.
#pragma warning disable IDE1006, CA1707, CS0649 // C's names; nothing assigns them
    [StructLayout(LayoutKind.Sequential)]
    private struct Stat
    {
        public int st_dev;
        public ushort st_mode;
        public ushort st_nlink;
        public ulong st_ino;
        public uint st_uid;
        public uint st_gid;
        public int st_rdev;
        public Times st_times;
        public long st_size;
        public long st_blocks;
        public int st_blksize;
        public uint st_flags;
        public uint st_gen;
        public int st_lspare;
        public long st_qspare0;
        public long st_qspare1;
    }

    /// <summary>Access, modification, change and birth.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 4 * 16, Pack = 8)]
    private struct Times
    {
        public long tv_sec;
        public long tv_nsec;
    }
#pragma warning restore IDE1006, CA1707, CS0649
}
