using System.Text;
using NixAiModels.Nar;
using NixAiModels.Posix;
using NixAiModels.Signing;
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

    /// <summary>Freezes or unfreezes entries.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The entries.</param>
    /// <param name="frozen">Whether updates leave them alone from now on.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <exception cref="Failure">As <see cref="ApplyAsync"/>; or the file or an entry does not exist.</exception>
    public static Task FreezeAsync(
        string path,
        IReadOnlyList<string> names,
        bool frozen,
        CancellationToken cancellation
    ) =>
        EachAsync(
            path,
            names,
            (file, name) =>
            {
                var old = file.Entry(name, path);
                var entry = EntrySignature.KeepValid(name, old, old with { Frozen = frozen });
                if (entry.Signatures.Count < old.Signatures.Count)
                    WarnOfSignatures(path, name, $"the entry {(frozen ? "before" : "while")} it was frozen");
                return file.With(name, entry);
            },
            cancellation
        );

    /// <summary>Removes entries.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The entries.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <exception cref="Failure">As <see cref="ApplyAsync"/>; or the file or an entry does not exist.</exception>
    public static Task RemoveAsync(string path, IReadOnlyList<string> names, CancellationToken cancellation) =>
        EachAsync(
            path,
            [.. names.Distinct()],
            (file, name) =>
            {
                file.Entry(name, path);
                return file.Without(name);
            },
            cancellation
        );

    /// <summary>Gives an entry another name. Its signatures cover the name, and are dropped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The entry.</param>
    /// <param name="to">Its new name.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <exception cref="Failure">As <see cref="ApplyAsync"/>; or the file or the entry does not exist, or the new name
    /// is invalid or another entry's (exit code 2).</exception>
    public static Task RenameAsync(string path, string name, string to, CancellationToken cancellation)
    {
        StorePath.CheckName(to);
        return EachAsync(
            path,
            [name],
            (file, _) =>
            {
                var entry = file.Entry(name, path);
                if (file.Models.TryGetValue(to, out var other))
                {
                    throw new Failure(
                        ExitCode.Usage,
                        $"{path} already has a model '{to}', from {other.Origin}",
                        LockCommandText.Of(path, "remove", to)
                    );
                }

                if (entry.Signatures.Count > 0)
                    WarnOfSignatures(path, to, $"the name {name}");
                return file.Without(name).With(to, entry with { Signatures = [] });
            },
            cancellation
        );
    }

    /// <summary>Signs entries.</summary>
    /// <param name="path">The file.</param>
    /// <param name="given">The entries; all if empty.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <exception cref="Failure">As <see cref="ApplyAsync"/>; or the file or an entry does not exist.</exception>
    public static Task SignAsync(
        string path,
        IReadOnlyList<string> given,
        SecretKey key,
        CancellationToken cancellation
    ) =>
        EachAsync(
            path,
            LockFile.Read(path).Names(given, path),
            (file, name) => file.With(name, EntrySignature.Sign(name, file.Entry(name, path), key)),
            cancellation
        );

    /// <summary>Changes entries of a file that exists.</summary>
    private static async Task EachAsync(
        string path,
        IReadOnlyList<string> names,
        Func<LockFile, string, LockFile> change,
        CancellationToken cancellation
    )
    {
        LockFile.Read(path);
        await ApplyAsync(path, file => names.Aggregate(file, change), cancellation);
    }

    private static void WarnOfSignatures(string path, string name, string what) =>
        Log.Warning(
            $"{name}: its signatures were for {what}; to sign it again: "
                + LockCommandText.Of(path, "sign", name, "--key-file", "KEY")
        );
}
