using System.Text;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>Every change of the file system that sync makes, one method each: each is atomic, each is told of before it
/// happens.</summary>
/// <param name="dryRun">Whether changes are only told.</param>
/// <param name="group">The group that may read what is made; others may not then. <see langword="null"/>: as the umask
/// says.</param>
internal sealed class CacheChanges(bool dryRun, uint? group)
{
    private const UnixFileMode GroupDirectory =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute;

    private const UnixFileMode GroupFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>Told of each change before it is made; what it throws is a crash at that point.</summary>
    internal Action<string>? BeforeEach { get; init; }

    /// <summary>How many changes of a cache there were.</summary>
    internal int Count { get; private set; }

    /// <summary>Makes a folder of the cache; its parent is there.</summary>
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
                Open(path, GroupDirectory);
            }
        );

    /// <summary>Makes the folders above the cache, which everybody may pass.</summary>
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

    /// <summary>Makes a link where nothing is.</summary>
    internal void MakeLink(string path, string target) =>
        Make($"link {path} -> {target}", path, () => File.CreateSymbolicLink(path, target));

    /// <summary>Makes a link in the place of a link or file.</summary>
    internal void ReplaceLink(string path, string target, string beside) =>
        Make(
            $"link {path} -> {target}",
            path,
            () =>
            {
                File.CreateSymbolicLink(beside, target);
                Rename.Replace(beside, path);
            }
        );

    /// <summary>Gives a folder or link its final name; what has that name, if anything, gets the old one.</summary>
    internal void MoveIntoPlace(string beside, string path) =>
        Make(
            $"put {path} in place",
            path,
            () =>
            {
                if (!CacheEntry.Look(path).IsThere || !Rename.TryExchange(beside, path))
                {
                    if (CacheEntry.Look(path).IsThere)
                        DeleteTree(path);
                    Rename.Replace(beside, path);
                }
            }
        );

    /// <summary>Writes a ref.</summary>
    internal void WriteRef(string path, string commit, string beside) =>
        Make(
            $"write {path}: {commit}",
            path,
            () => AtomicFile.Write(path, Encoding.ASCII.GetBytes(commit), beside, made => Open(made, GroupFile))
        );

    /// <summary>Removes a link or file.</summary>
    internal void Delete(string path) => Make($"remove {path}", path, () => File.Delete(path));

    /// <summary>Removes an empty folder.</summary>
    internal void DeleteDirectory(string path) => Make($"remove {path}/", path, () => Directory.Delete(path));

    /// <summary>Removes a folder of links, or a link, that was made beside its place.</summary>
    internal void DeleteBeside(string path) => Make($"remove {path}", path, () => DeleteTree(path));

    /// <summary>Lets the group read a folder or ref that is there.</summary>
    internal void GiveToGroup(string path, bool isDirectory)
    {
        if (group is null || MayRead(path, isDirectory))
            return;
        Make(
            $"let the group read {path}",
            path,
            () =>
                Open(
                    path,
                    File.GetUnixFileMode(path)
                        | (isDirectory ? UnixFileMode.GroupRead | UnixFileMode.GroupExecute : UnixFileMode.GroupRead)
                )
        );
    }

    /// <summary>Writes the state. It is no change of the cache.</summary>
    internal void WriteState(string path, byte[] content)
    {
        BeforeEach?.Invoke($"note in {path}");
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

    private void Open(string path, UnixFileMode mode)
    {
        if (group is not { } members)
            return;
        Ownership.GiveTo(path, members);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Whether everybody may read it, or the group it belongs to, which is the right one.</summary>
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
        if (CacheEntry.Look(path).IsDirectory)
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
