using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NixAiModels.Nar;

/// <summary>What the archive of a tree needs of the file system, with names as the bytes that they are.</summary>
/// <remarks>.NET's own file API decodes names as UTF-8 and replaces what is not, cannot tell a pipe from an empty file,
/// and blocks when it opens one. Layouts: the kernel's <c>struct statx</c> and 64-bit Linux' <c>struct dirent</c>, the
/// same on every architecture.</remarks>
internal static partial class UnixFiles
{
    private const int OpenReadOnlyCloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const int StatxSize = 256;
    private const int StatxMode = 28;
    private const int StatxLength = 40;
    private const int DirentName = 19;

    /// <summary>What a directory entry is, after its <c>st_mode</c>.</summary>
    internal enum Kind
    {
        /// <summary>A pipe, socket or device: nothing that an archive holds.</summary>
        Other = 0,

        /// <summary>A directory.</summary>
        Directory = 0x4000,

        /// <summary>A regular file.</summary>
        Regular = 0x8000,

        /// <summary>A symbolic link.</summary>
        Symlink = 0xa000,
    }

    /// <summary>The path's bytes with the zero that ends them for the C library.</summary>
    internal static byte[] ToBytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>The path of an entry of a directory, both ended by zeros.</summary>
    internal static byte[] Join(byte[] directory, byte[] name) => [.. directory.AsSpan(..^1), (byte)'/', .. name, 0];

    /// <summary>The path for a message.</summary>
    internal static string ToText(byte[] path) =>
        Printable.Escape(Encoding.UTF8.GetString(path.AsSpan(..^1)), path.Length);

    /// <summary>Looks at a path without following a link at its end.</summary>
    /// <exception cref="Failure">It is not there (not found) or cannot be looked at (local I/O).</exception>
    internal static unsafe (Kind Kind, bool Executable, long Size) Look(byte[] path)
    {
        Span<byte> buffer = stackalloc byte[StatxSize];
        fixed (byte* result = buffer)
        {
            if (Statx(CurrentDirectory, path, DoNotFollow, BasicStats, result) != 0)
                throw Failed(path);
        }

        var mode = MemoryMarshal.Read<ushort>(buffer[StatxMode..]);
        var kind = (Kind)(mode & 0xf000);
        return (
            kind is Kind.Directory or Kind.Regular or Kind.Symlink ? kind : Kind.Other,
            (mode & (int)UnixFileMode.UserExecute) != 0,
            MemoryMarshal.Read<long>(buffer[StatxLength..])
        );
    }

    /// <summary>The bytes that a symbolic link holds.</summary>
    /// <exception cref="Failure">It cannot be read.</exception>
    internal static byte[] ReadLink(byte[] path)
    {
        // The kernel's PATH_MAX bounds what a link can hold.
        var target = new byte[4096];
        var length = ReadLink(path, target, target.Length);
        return length >= 0 ? target[..(int)length] : throw Failed(path);
    }

    /// <summary>The names in a directory, ordered by their bytes, without <c>.</c> and <c>..</c>.</summary>
    /// <exception cref="Failure">It cannot be read.</exception>
    internal static unsafe List<byte[]> ListDirectory(byte[] path)
    {
        var directory = OpenDirectory(path);
        if (directory == 0)
            throw Failed(path);

        var names = new List<byte[]>();
        try
        {
            for (var entry = ReadDirectory(directory); entry != 0; entry = ReadDirectory(directory))
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + DirentName);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    names.Add(name.ToArray());
            }

            if (Marshal.GetLastPInvokeError() != 0)
                throw Failed(path);
        }
        finally
        {
            _ = CloseDirectory(directory);
        }

        names.Sort((left, right) => left.AsSpan().SequenceCompareTo(right));
        return names;
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <exception cref="Failure">It cannot be opened.</exception>
    internal static SafeFileHandle Open(byte[] path)
    {
        var descriptor = Open(path, OpenReadOnlyCloseOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failed(path);
    }

    private static Failure Failed(byte[] path)
    {
        const int noSuchEntry = 2;
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new Failure(
            error.NativeErrorCode == noSuchEntry ? ExitCode.NotFound : ExitCode.LocalIO,
            $"cannot read '{ToText(path)}': {error.Message}",
            cause: error
        );
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int Statx(int directory, byte[] path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static partial nint ReadLink(byte[] path, byte[] target, nint size);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static partial nint OpenDirectory(byte[] path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial nint ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    private static partial int CloseDirectory(nint directory);
}
