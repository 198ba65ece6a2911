using System.Text;
using NixAiModels.Posix;

namespace NixAiModels.Locking;

/// <summary>Changes a lock file: read, change and write are one step to every other of our processes, and to readers
/// the file is the old one or the new one, whole.</summary>
public static class LockEdit
{
    /// <summary>Changes a file, or makes it. A change that changes nothing does not touch it.</summary>
    /// <param name="path">The file; where it is a link, the file that it leads to is changed.</param>
    /// <param name="change">From what the file holds at this moment to what it is to hold. It should be quick: others
    /// wait.</param>
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

    /// <summary>Says of entries whether updates leave them where they are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="freeze">Entries that stay from now on.</param>
    /// <param name="unfreeze">Entries that move again.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <exception cref="Failure">As <see cref="ApplyAsync"/>; or the file is not there, or lacks an entry.</exception>
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
                        (all, each) => all.With(each.name, all.Entry(each.name, path) with { Frozen = each.Item2 })
                    ),
            cancellation
        );
    }
}
