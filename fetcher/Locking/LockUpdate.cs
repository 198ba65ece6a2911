using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Moves the entries of a lock file to the heads of their branches, and checks that tags did not move
/// (<c>nix-prefetch-hf lock update</c>).</summary>
/// <param name="path">The lock file.</param>
/// <param name="open">Opens the hub of an endpoint.</param>
/// <param name="files">Updates entries of other sources.</param>
/// <param name="dryRun">Whether to change and download nothing.</param>
/// <param name="output">Where changes are printed.</param>
internal sealed class LockUpdate(
    string path,
    Func<string?, SnapshotDelivery> open,
    FileEntries files,
    bool dryRun,
    TextWriter output
)
{
    /// <summary>Updates entries; one that fails does not stop the others.</summary>
    /// <param name="given">The entries' names; all entries if empty.</param>
    /// <param name="cancellation">Ends the work; the file is then unchanged.</param>
    /// <returns><see cref="ExitCode.Done"/>, or the exit code of the first entry that failed.</returns>
    /// <exception cref="Failure">The file cannot be read or written, or has no entry of a given name.</exception>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> given, CancellationToken cancellation)
    {
        var file = LockFile.Read(path);
        var moved = new Dictionary<string, LockEntry>(StringComparer.Ordinal);
        var failed = await LockedModels.ForEachAsync(
            file,
            path,
            given,
            async (name, entry) =>
            {
                if (await MovedAsync(name, entry, cancellation) is { } now)
                    moved[name] = now;
            }
        );

        if (moved.Count == 0)
        {
            output.WriteLine(
                failed.Count == 0 ? "nothing moved" : $"nothing moved; {failed.Count} could not be updated"
            );
        }
        else if (dryRun)
        {
            Log.Line($"dry run: {path} was not changed");
        }
        else
        {
            await LockEdit.ApplyAsync(
                path,
                now => moved.Aggregate(now, (all, each) => Replace(all, each.Key, file.Models[each.Key], each.Value)),
                cancellation
            );
        }

        return failed.FirstOrDefault(ExitCode.Done);
    }

    private Task<LockEntry?> MovedAsync(string name, LockEntry entry, CancellationToken cancellation) =>
        entry switch
        {
            FileEntry others => MovedAsync(name, others, cancellation),
            _ => MovedAsync(name, (RepositoryEntry)entry, cancellation),
        };

    private async Task<LockEntry?> MovedAsync(string name, FileEntry entry, CancellationToken cancellation)
    {
        if (entry.Frozen)
        {
            Log.Line($"{name}: stays as it is: it is frozen");
            return null;
        }

        var (now, changes) = await files.UpdateAsync(entry, dryRun, cancellation);
        if (changes.Count == 0)
        {
            Log.Line($"{name}: {Printable.Escape(entry.Origin)} is unchanged");
            return null;
        }

        Show(name, entry, entry.Origin, changes);
        return EntrySignature.KeepValid(name, entry, now);
    }

    private async Task<LockEntry?> MovedAsync(string name, RepositoryEntry entry, CancellationToken cancellation)
    {
        if (entry.Frozen || entry.Ref is null)
        {
            var why = entry.Frozen ? "it is frozen" : "it was pinned by commit, not by a branch";
            Log.Line($"{name}: stays at {entry.Commit}: {why}");
            return null;
        }

        using var delivery = open(entry.Endpoint);
        var head = (await delivery.Hub.ResolveRevisionAsync(entry.Repository, entry.Ref, cancellation)).Commit;
        if (head == entry.Commit)
        {
            Log.Line($"{name}: {entry.Ref} is still {head}");
            return null;
        }

        if ((await delivery.Hub.ListTagsAsync(entry.Repository, cancellation)).Contains(entry.Ref))
        {
            throw new Failure(
                ExitCode.Integrity,
                $"the tag {entry.Ref} of {entry.Repository} moved from {entry.Commit} to {head}; a tag should not move",
                LockCommandText.Of(path, "add", entry.Repository.Address, "--rev", entry.Ref, "--name", name)
                    + "   # pins the commit that the tag names now"
            );
        }

        var snapshot = await Snapshot.ResolveAsync(
            delivery.Hub,
            entry.Repository,
            head.ToString(),
            entry.Selection,
            cancellation
        );
        Show(
            name,
            entry,
            $"{entry.Repository} {entry.Ref} {entry.Commit} → {snapshot.Commit}",
            FileChange.Between(entry, snapshot.Files)
        );
        if (dryRun)
            return entry;
        return EntrySignature.KeepValid(
            name,
            entry,
            await new EntryPin(delivery).PinAsync(snapshot, entry, entry, cancellation)
        );
    }

    private void Show(string name, LockEntry entry, string what, IReadOnlyList<FileChange> changes)
    {
        output.WriteLine($"{name}: {Printable.Escape(what)}");
        foreach (var change in changes)
            output.WriteLine($"  {change}");
        var most = changes.Sum(change => change.After?.Size ?? 0);
        output.WriteLine(
            changes.Count == 0
                ? "  no selected file changed"
                : $"  {Amounts.Count(changes.Count, "file")} changed; a build downloads at most {Amounts.Size(most)}"
        );
        if (entry.Signatures.Count > 0)
        {
            var old = entry is RepositoryEntry ? "commit" : "files";
            Log.Warning(
                $"{name}: its signatures were for the old {old}; to sign it again: "
                    + LockCommandText.Of(path, "sign", name, "--key-file", "KEY")
            );
        }
    }

    // An entry that another process changed meanwhile is not overwritten.
    private LockFile Replace(LockFile now, string name, LockEntry before, LockEntry after)
    {
        if (now.Models.GetValueOrDefault(name) is { } current && LockWriter.Write(current) == LockWriter.Write(before))
            return now.With(name, after);
        Log.Warning(
            $"{name} was changed in {path} by another process and is left as it is; run the same command again"
        );
        return now;
    }
}
