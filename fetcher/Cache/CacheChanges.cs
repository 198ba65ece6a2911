using System.Security.Cryptography;
using System.Text;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>Every change of a cache that sync makes, one method each: each is atomic, announced before it is made, and
/// made from the cache's open folder on, so that no link leads it elsewhere.</summary>
/// <param name="path">The cache directory.</param>
/// <param name="dryRun">Whether changes are printed instead.</param>
/// <param name="group">The group that may read what is made, while others may not; <see langword="null"/> leaves that
/// to the umask.</param>
internal sealed class CacheChanges(string path, bool dryRun, uint? group) : IDisposable
{
    /// <summary>How the names begin, in a repository's folder, under which things are made before they are renamed;
    /// clients ignore them.</summary>
    private const string StagingName = ".nix-ai-models-";
    private const UnixFileMode GroupMayEnter = UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
    private const UnixFileMode OthersMayEnter = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OpenFolder =
        OwnerFolder | GroupMayEnter | UnixFileMode.GroupWrite | OthersMayEnter | UnixFileMode.OtherWrite;
    private const UnixFileMode GroupMayAdd = GroupMayEnter | UnixFileMode.GroupWrite | UnixFileMode.SetGroup;
    private const UnixFileMode GroupFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const UnixFileMode OpenFile =
        GroupFile | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The cache as it is.</summary>
    internal CacheTree Tree { get; } = new(path, null);

    /// <summary>Called before each change; a test that throws here crashes sync at that point.</summary>
    internal Action<string>? BeforeEach { get; init; }

    /// <summary>The number of changes so far.</summary>
    internal int Count { get; private set; }

    /// <summary>Opens the cache directory, or makes it, and the folders above it, which everybody may enter.</summary>
    /// <param name="make">Whether to make it.</param>
    /// <exception cref="Failure">Exit code 2: another user could swap a part of its path; 7: it is not a
    /// folder.</exception>
    internal void Open(bool make)
    {
        try
        {
            var (folder, missing) = TrustedFolder.Open(path, "the cache");
            Tree.Folder =
                missing.Length == 0 ? folder
                : make ? MakeMissing(folder, missing)
                : null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    /// <summary>A new name in a repository's folder that nobody can foresee.</summary>
    internal static string NewName(string repository) =>
        $"{repository}/{StagingName}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";

    /// <summary>Removes what an interrupted run has staged.</summary>
    internal void RemoveStaged(string repository)
    {
        foreach (var left in Tree.Entries(repository))
        {
            if (Path.GetFileName(left).StartsWith(StagingName, StringComparison.Ordinal))
                RemoveTree(left);
        }
    }

    /// <summary>Makes a folder, in one that exists.</summary>
    internal void MakeDirectory(string entry, GroupAccess access = GroupAccess.Add) =>
        Make(
            $"make {entry}/",
            entry,
            (folder, name) =>
            {
                folder.MakeFolder(name, group is null ? OpenFolder : OwnerFolder);
                if (group is not null)
                    folder.ShareFolder(name, group, OwnerFolder | ModeOf(access));
            }
        );

    /// <summary>Makes a link where there is nothing.</summary>
    internal void MakeLink(string entry, string target) =>
        Make($"link {entry} -> {target}", entry, (folder, name) => folder.MakeLink(name, target));

    /// <summary>Makes a link in place of a link.</summary>
    internal void ReplaceLink(string entry, string target, string repository)
    {
        var staging = Tree.Relative(NewName(repository));
        Make(
            $"link {entry} -> {target}",
            entry,
            (folder, name) =>
            {
                folder.MakeLink(staging, target);
                folder.Replace(staging, name);
            }
        );
    }

    /// <summary>Gives a staged folder or link its final name, where nothing is.</summary>
    internal void MoveIntoPlace(string staging, string entry) =>
        Make($"put {entry} in place", entry, (folder, name) => folder.MoveTo(Tree.Relative(staging), name));

    /// <summary>Gives a staged folder or link the name of another one, which is staged then, or gone.</summary>
    internal void PutInPlaceOf(string staging, string entry) =>
        Make(
            $"put {entry} in place",
            entry,
            (folder, name) =>
            {
                if (folder.TryExchange(Tree.Relative(staging), name))
                    return;
                folder.RemoveTree(name);
                folder.MoveTo(Tree.Relative(staging), name);
            }
        );

    /// <summary>Writes a ref.</summary>
    internal void WriteRef(string entry, string commit, string repository, GroupAccess access = GroupAccess.Read)
    {
        var staging = Tree.Relative(NewName(repository));
        var shared = access == GroupAccess.Change ? GroupFile | UnixFileMode.GroupWrite : GroupFile;
        Make(
            $"write {entry}: {commit}",
            entry,
            (folder, name) =>
            {
                folder.MakeFile(staging, Encoding.ASCII.GetBytes(commit), group is null ? OpenFile : shared, group);
                folder.Replace(staging, name);
            }
        );
    }

    /// <summary>Removes a link or file.</summary>
    internal void Delete(string entry) => Make($"remove {entry}", entry, (folder, name) => folder.Remove(name));

    /// <summary>Removes an empty folder.</summary>
    internal void DeleteDirectory(string entry) =>
        Make($"remove {entry}/", entry, (folder, name) => folder.RemoveFolder(name));

    /// <summary>Removes a staged folder of links, or a staged link.</summary>
    internal void RemoveTree(string entry) => Make($"remove {entry}", entry, (folder, name) => folder.RemoveTree(name));

    /// <summary>Lets the group use a folder that exists. In one of another owner it may do no more than
    /// read.</summary>
    internal void GiveToGroup(string entry, GroupAccess access)
    {
        if (group is null || Tree.Status(entry) is not { } status)
            return;
        if (access == GroupAccess.Read || status.Owner != LibC.EffectiveUser())
        {
            if (!MayRead(status, GroupMayEnter, OthersMayEnter))
                Share("read", status.Mode | GroupMayEnter);
            return;
        }

        var wanted = (status.Mode & ~UnixFileMode.StickyBit) | ModeOf(access);
        if (status.Mode != wanted || status.Group != group)
            Share("write to", wanted);

        void Share(string what, UnixFileMode mode) =>
            Make($"let the group {what} {entry}", entry, (folder, name) => folder.ShareFolder(name, group, mode));
    }

    /// <summary>Whether the group may use a ref.</summary>
    internal bool IsShared(string entry, GroupAccess access) =>
        group is null
        || (
            Tree.Status(entry) is { } status
            && MayRead(status, UnixFileMode.GroupRead, UnixFileMode.OtherRead)
            && (access != GroupAccess.Change || (status.Mode & UnixFileMode.GroupWrite) != 0)
        );

    /// <summary>Whether there is a group that the cache is shared with.</summary>
    internal bool HasGroup => group is not null;

    public void Dispose() => Tree.Dispose();

    private static UnixFileMode ModeOf(GroupAccess access) =>
        access switch
        {
            GroupAccess.Read => GroupMayEnter,
            GroupAccess.Add => GroupMayAdd | UnixFileMode.StickyBit,
            _ => GroupMayAdd,
        };

    /// <summary>Whether everybody may, or the right group.</summary>
    private bool MayRead(FileStatus status, UnixFileMode some, UnixFileMode all) =>
        (status.Mode & all) == all || ((status.Mode & some) == some && status.Group == group);

    private FolderHandle? MakeMissing(FolderHandle above, string[] missing)
    {
        for (var left = missing.Length - 1; left >= 0; left--)
        {
            var (here, name) = (above, missing[^(left + 1)]);
            var isCache = left == 0;
            var shown = Enumerable.Range(0, left).Aggregate(path, (made, _) => Path.GetDirectoryName(made)!);
            Make(
                $"make {shown}/",
                shown,
                () =>
                {
                    using (here)
                    {
                        here.MakeFolder(name, group is null ? OpenFolder : OwnerFolder);
                        if (isCache && group is not null)
                            here.ShareFolder(name, group, OwnerFolder | GroupMayEnter);
                        else if (group is not null)
                            here.ShareFolder(name, null, OwnerFolder | GroupMayEnter | OthersMayEnter);
                        above = here.Enter(name);
                    }
                }
            );
        }

        return dryRun ? null : above;
    }

    private void Make(string what, string entry, Action<FolderHandle, string> change) =>
        Make(what, entry, () => change(Tree.Folder!, Tree.Relative(entry)));

    private void Make(string what, string entry, Action change)
    {
        BeforeEach?.Invoke(what);
        Count++;
        if (dryRun)
        {
            Console.Out.WriteLine(Printable.Escape(what, what.Length));
            return;
        }

        try
        {
            change();
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, entry);
        }
    }
}
