using System.ComponentModel;
using System.Runtime.InteropServices;

namespace NixAiModels.Cache;

/// <summary>What .NET does not tell or do about owners, groups and atomic exchange.</summary>
/// <remarks>Layouts: the kernel's <c>struct statx</c>; <c>struct group</c> of 64-bit C libraries.</remarks>
internal static partial class UnixAccess
{
    private const int CurrentDirectory = -100;
    private const int StatxGroup = 24;
    private const int GroupId = 16;
    private const int Exchange = 2;
    private const int MayWrite = 2;

    /// <summary>Whether this process is root and the folder is not on a read-only mount: then what it makes, a client
    /// may delete through it.</summary>
    internal static bool RootCanWriteTo(string folder) => EffectiveUser() == 0 && Access(folder, MayWrite) == 0;

    /// <summary>Whether something is there, behind whatever links. (.NET says so of a link that leads nowhere,
    /// too.)</summary>
    internal static bool Exists(string path) => Access(path, 0) == 0;

    /// <summary>The number of a group.</summary>
    /// <exception cref="Failure">There is no such group (exit code 7).</exception>
    internal static unsafe uint FindGroup(string name)
    {
        var group = GetGroup(name);
        return group != null
            ? *(uint*)(group + GroupId)
            : throw new Failure(
                ExitCode.LocalIO,
                $"there is no group '{Printable.Escape(name)}' on this machine",
                $"groupadd --system {name}"
            );
    }

    /// <summary>The group of a file or folder.</summary>
    internal static unsafe uint GroupOf(string path)
    {
        const int size = 256,
            basicStats = 0x7ff;
        var buffer = stackalloc byte[size];
        return Statx(CurrentDirectory, path, 0, basicStats, buffer) == 0
            ? *(uint*)(buffer + StatxGroup)
            : throw Failed();
    }

    /// <summary>Gives a file or folder to a group.</summary>
    internal static void GiveTo(string path, uint group)
    {
        if (ChangeOwner(path, uint.MaxValue, group) != 0)
            throw Failed();
    }

    /// <summary>Swaps two names at once (<c>RENAME_EXCHANGE</c>); false where kernel or file system cannot.</summary>
    internal static bool TryExchange(string first, string second)
    {
        try
        {
            return Rename(CurrentDirectory, first, CurrentDirectory, second, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Renames whatever is there, over whatever may be replaced.</summary>
    internal static void Move(string from, string to)
    {
        if (Rename(from, to) != 0)
            throw Failed();
    }

    /// <summary>A path without links in it; that of the nearest folder that is there, where the path is not.</summary>
    internal static string Resolve(string path)
    {
        for (var existing = path; ; existing = Path.GetDirectoryName(existing) ?? "/")
        {
            var pointer = RealPath(existing, 0);
            if (pointer == 0 && existing != "/")
                continue;
            var resolved = Marshal.PtrToStringUTF8(pointer)!;
            Free(pointer);
            return resolved.TrimEnd('/') + path[existing.TrimEnd('/').Length..];
        }
    }

    private static IOException Failed()
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException(error.Message, error.NativeErrorCode);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* GetGroup(string name);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}
