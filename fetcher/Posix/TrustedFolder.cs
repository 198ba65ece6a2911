using System.Text;
using NixAiModels.Terminal;

namespace NixAiModels.Posix;

/// <summary>Opens a folder by its whole path where nobody else could lead that path elsewhere: every folder above it,
/// and every link on the way, is root's or this user's, and others cannot rename what is in it.</summary>
internal static class TrustedFolder
{
    private const int MostLinks = 40; // as the kernel
    private const uint Root = 0;
    private const uint Nobody = 65534; // on Linux every other user, in the user namespace of an unprivileged container

    /// <summary>Opens a folder, or the last one that exists on the way to it.</summary>
    /// <param name="path">The whole path.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <returns>The open folder, and the names that are missing below it.</returns>
    /// <exception cref="Failure">Exit code 2: somebody else could swap a part of the path.</exception>
    /// <exception cref="IOException">A part of the path is not a folder.</exception>
    internal static (FolderHandle Folder, string[] Missing) Open(string path, string what)
    {
        var rest = new Stack<string>(Parts(path).Reverse());
        var folder = FolderHandle.Open("/")!;
        var links = 0;
        try
        {
            while (rest.TryPop(out var name))
            {
                if (name is "..")
                {
                    Move(ref folder, folder.Above());
                    continue;
                }

                Require(folder.Status, path, what);
                if (folder.Entry(name) is not { } entry)
                    return (folder, [name, .. rest]);
                if (entry.Kind != FileKind.Link)
                {
                    Move(ref folder, folder.Enter(name));
                    continue;
                }

                if (!IsTrusted(entry.Owner) || ++links > MostLinks)
                    throw Refused(entry.Owner, path, what);
                var target = Encoding.UTF8.GetString(folder.Link(name) ?? []);
                if (target.StartsWith('/'))
                    Move(ref folder, FolderHandle.Open("/")!);
                foreach (var part in Parts(target).Reverse())
                    rest.Push(part);
            }

            return (folder, []);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a folder that somebody else could change.</summary>
    /// <exception cref="Failure">Exit code 2.</exception>
    internal static void Require(FileStatus folder, string path, string what)
    {
        const UnixFileMode everybody = UnixFileMode.OtherWrite;
        var othersWrite =
            (folder.Mode & everybody) != 0
            || ((folder.Mode & UnixFileMode.GroupWrite) != 0 && !IsTrustedGroup(folder.Group));
        if (!IsTrusted(folder.Owner) || (othersWrite && (folder.Mode & UnixFileMode.StickyBit) == 0))
            throw Refused(folder.Owner, path, what);
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));

    private static void Move(ref FolderHandle folder, FolderHandle next)
    {
        folder.Dispose();
        folder = next;
    }

    // On macOS it is everybody's, `staff`; elsewhere usually one's own.
    private static bool IsTrustedGroup(uint group) => group == LibC.EffectiveGroup() && !OperatingSystem.IsMacOS();

    private static bool IsTrusted(uint owner) =>
        owner == Root || owner == LibC.EffectiveUser() || (owner == Nobody && LibC.EffectiveUser() != Root);

    private static Failure Refused(uint owner, string path, string what) =>
        new(
            ExitCode.Usage,
            $"another user could put a link in the way to {what}: {Printable.Escape(path)}"
                + (
                    IsTrusted(owner) ? " (others may write to a folder above it)" : $" (a part of it is user {owner}'s)"
                ),
            IsTrusted(owner)
                ? $"{ListFolders(path)}   # shows which; chmod go-w it"
                : $"sudo -u '#{owner}' nix-ai-models sync --manifest FILE   # as that user, "
                    + "or choose a folder that only root can move"
        );

    // macOS has no namei.
    private static string ListFolders(string path)
    {
        if (!OperatingSystem.IsMacOS())
            return ShellText.Command(["namei", "-l", path]);
        var folders = new List<string>();
        for (var folder = path; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            folders.Add(folder);
        return ShellText.Command(["ls", "-ld", .. folders]);
    }
}
