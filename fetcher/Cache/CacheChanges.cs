using System.Text;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>Every change of the file system that sync makes, one method each: each is atomic, and announced before it
/// is made.</summary>
/// <param name="dryRun">Whether changes are printed instead.</param>
/// <param name="group">The group that may read what is made, while others may not; <see langword="null"/> leaves that
/// to the umask.</param>
internal sealed class CacheChanges(bool dryRun, uint? group)
{
    private const UnixFileMode GroupDirectory =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute;

    private const UnixFileMode GroupFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>Called before each change; a test that throws here crashes sync at that point.</summary>
    internal Action<string>? BeforeEach { get; init; }

    /// <summary>The number of changes so far, without those of the state.</summary>
    internal int Count { get; private set; }

    /// <summary>Makes a folder of the cache, in one that exists.</summary>
    internal void MakeDirectory(string path) =>
        Make(
            $"make {path}/",
            path,
            () =>
            {
                // The mode is set before the group: between the two it is closed, not open.
                if (group is null)
                    Directory.CreateDirectory(path);
                else
                    Directory.CreateDirectory(path, GroupDirectory);
                ShareWithGroup(path, GroupDirectory);
            }
        );

    /// <summary>Makes the folders above the cache, which everybody may enter.</summary>
    internal void MakeParents(string path)
    {
        if (Directory.Exists(path))
            return;
        MakeParents(Path.GetDirectoryName(path)!);
        Make(
            $"make {path}/",
            path,
            () =>
            {
                Directory.CreateDirectory(path);
                if (group is not null)
                    File.SetUnixFileMode(path, GroupDirectory | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            }
        );
    }

    /// <summary>Makes a link where there is nothing.</summary>
    internal void MakeLink(string path, string target) =>
        Make($"link {path} -> {target}", path, () => File.CreateSymbolicLink(path, target));

    /// <summary>Makes a link in place of a link or a file.</summary>
    internal void ReplaceLink(string path, string target, string staging) =>
        Make(
            $"link {path} -> {target}",
            path,
            () =>
            {
                File.CreateSymbolicLink(staging, target);
                Rename.Replace(staging, path);
            }
        );

    /// <summary>Gives a staged folder or link its final name; what had that name is staged then, or gone.</summary>
    internal void MoveIntoPlace(string staging, string path) =>
        Make(
            $"put {path} in place",
            path,
            () =>
            {
                if (!CacheEntry.At(path).Exists || !Rename.TryExchange(staging, path))
                {
                    if (CacheEntry.At(path).Exists)
                        DeleteTree(path);
                    Rename.Replace(staging, path);
                }
            }
        );

    /// <summary>Writes a ref.</summary>
    internal void WriteRef(string path, string commit, string staging) =>
        Make(
            $"write {path}: {commit}",
            path,
            () =>
                AtomicFile.Write(
                    path,
                    Encoding.ASCII.GetBytes(commit),
                    staging,
                    made => ShareWithGroup(made, GroupFile)
                )
        );

    /// <summary>Removes a link or file.</summary>
    internal void Delete(string path) => Make($"remove {path}", path, () => File.Delete(path));

    /// <summary>Removes an empty folder.</summary>
    internal void DeleteDirectory(string path) => Make($"remove {path}/", path, () => Directory.Delete(path));

    /// <summary>Removes a staged folder of links, or a staged link.</summary>
    internal void DeleteStaging(string path) => Make($"remove {path}", path, () => DeleteTree(path));

    /// <summary>Lets the group read an existing folder or ref.</summary>
    internal void GiveToGroup(string path, bool isDirectory)
    {
        if (group is null || MayRead(path, isDirectory))
            return;
        Make(
            $"let the group read {path}",
            path,
            () =>
                ShareWithGroup(
                    path,
                    File.GetUnixFileMode(path)
                        | (isDirectory ? UnixFileMode.GroupRead | UnixFileMode.GroupExecute : UnixFileMode.GroupRead)
                )
        );
    }

    /// <summary>Writes the state, which is not counted as a change.</summary>
    internal void WriteState(string path, byte[] content)
    {
        BeforeEach?.Invoke($"write {path}");
        if (dryRun)
            return;
        try
        {
            AtomicFile.Write(path, content);
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    private void Make(string what, string path, Action change)
    {
        BeforeEach?.Invoke(what);
        Count++;
        if (dryRun)
        {
            Console.Out.WriteLine(what);
            return;
        }

        try
        {
            change();
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    private void ShareWithGroup(string path, UnixFileMode mode)
    {
        if (group is not { } members)
            return;
        Ownership.GiveTo(path, members);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Whether everybody may read it, or the right group.</summary>
    private bool MayRead(string path, bool isDirectory)
    {
        try
        {
            var mode = File.GetUnixFileMode(path);
            var (all, some) = isDirectory
                ? (
                    UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
                    UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                )
                : (UnixFileMode.OtherRead, UnixFileMode.GroupRead);
            return (mode & all) == all || ((mode & some) == some && FileStatus.Find(path)?.Group == group);
        }
        catch (Exception exception) when (dryRun && LocalFailure.Matches(exception))
        {
            return true;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    private static void DeleteTree(string path)
    {
        // Recursion ends at links.
        if (CacheEntry.At(path).IsDirectory)
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
