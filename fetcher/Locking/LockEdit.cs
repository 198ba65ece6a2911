using System.Text;
using NixAiModels.Posix;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Changes a lock file under a lock, so that two writers lose nothing, and in one step, so that a reader sees
/// the old file or the new one.</summary>
public static class LockEdit
{
    /// <summary>Changes a file, or creates it. A file whose content stays the same is not written.</summary>
    /// <param name="path">The file; where it is a link, the file that it leads to is changed.</param>
    /// <param name="change">Turns the present content into the new one. It should be quick: others wait.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <returns>Whether the file was written.</returns>
    /// <exception cref="Failure">As <see cref="LockFile.Read"/>; or it cannot be written (exit code 7).</exception>
    public static async Task<bool> ApplyAsync(
        string path,
        Func<LockFile, LockFile> change,
        CancellationToken cancellation
    )
    {
        try
        {
            var target = new FileInfo(path).LinkTarget is null
                ? Path.GetFullPath(path)
                : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            using var held = await FileLock.TakeAsync(Path.GetDirectoryName(target)!, cancellation);
            var old = File.Exists(target) ? await File.ReadAllTextAsync(target, cancellation) : null;
            var text = LockWriter.Write(
                change(old is null ? LockFile.Empty : LockReader.Read(Encoding.UTF8.GetBytes(old), path))
            );
            if (text == old)
                return false;
            AtomicFile.Write(target, Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    /// <summary>Freezes and unfreezes entries.</summary>
    /// <param name="path">The file.</param>
    /// <param name="freeze">Entries that updates leave alone from now on.</param>
    /// <param name="unfreeze">Entries that updates move again.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <exception cref="Failure">As <see cref="ApplyAsync"/>; or the file or an entry does not exist.</exception>
    public static async Task FreezeAsync(
        string path,
        IReadOnlyList<string> freeze,
        IReadOnlyList<string> unfreeze,
        CancellationToken cancellation
    )
    {
        LockFile.Read(path);
        await ApplyAsync(
            path,
            file =>
                freeze
                    .Select(name => (name, true))
                    .Concat(unfreeze.Select(name => (name, false)))
                    .Aggregate(
                        file,
                        (all, each) => all.With(each.name, Frozen(each.name, all.Entry(each.name, path), each.Item2))
                    ),
            cancellation
        );
    }

    private static LockEntry Frozen(string name, LockEntry old, bool frozen)
    {
        var entry = EntrySignature.KeepValid(name, old, old with { Frozen = frozen });
        if (entry.Signatures.Count < old.Signatures.Count)
            Log.Warning($"{name}: its signatures were for the entry {(frozen ? "before" : "while")} it was frozen");
        return entry;
    }
}
