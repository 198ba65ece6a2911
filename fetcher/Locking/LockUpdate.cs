using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary><c>nix-prefetch-hf --update FILE [NAME…]</c>: moves entries to the head of their branch, and checks that
/// tags are where they were.</summary>
/// <param name="path">The lock file.</param>
/// <param name="open">Opens the hub of an endpoint.</param>
/// <param name="dryRun">Whether to change nothing and to download nothing.</param>
internal sealed class LockUpdate(string path, Func<string?, SnapshotDelivery> open, bool dryRun)
{
    /// <summary>Updates.</summary>
    /// <param name="given">The entries; all, where it is empty.</param>
    /// <param name="cancellation">Ends the work; the file is then as it was.</param>
    /// <returns>Done, also where nothing moved; else why the first entry that could not be updated could not.</returns>
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
            Console.Out.WriteLine(
                failed.Count == 0 ? "nothing moved" : $"nothing moved; {failed.Count} could not be updated"
            );
        }
        else if (dryRun)
        {
            Log.Line($"dry run: {path} is as it was");
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

    private async Task<LockEntry?> MovedAsync(string name, LockEntry entry, CancellationToken cancellation)
    {
        if (entry.Frozen || entry.Ref is null)
        {
            Log.Line(
                $"{name}: stays at {entry.Commit}: {(entry.Frozen ? "it is frozen" : "it was pinned by its commit, not by a branch")}"
            );
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
                $"the tag {entry.Ref} of {entry.Repository} was {entry.Commit} and is {head} now; a tag should stay where it is",
                "to take what it is now: "
                    + ShellText.Command([
                        "nix-prefetch-hf",
                        entry.Repository.ToString(),
                        "--type",
                        entry.Repository.TypeWord,
                        "--rev",
                        entry.Ref,
                        "--lock",
                        path,
                        "--name",
                        name,
                    ])
            );
        }

        var snapshot = await Snapshot.ResolveAsync(delivery.Hub, entry.Repository, head, entry.Selection, cancellation);
        Show(name, entry, snapshot);
        if (dryRun)
            return entry;
        return EntrySignature.Carry(
            name,
            entry,
            await new EntryPin(delivery).PinAsync(snapshot, entry, entry, cancellation)
        );
    }

    private static void Show(string name, LockEntry entry, Snapshot snapshot)
    {
        var changes = FileChange.Between(entry, snapshot.Files);
        var output = Console.Out;
        output.WriteLine($"{name}: {entry.Repository} {entry.Ref} {entry.Commit} → {snapshot.Commit}");
        foreach (var change in changes)
            output.WriteLine($"  {change}");
        output.WriteLine(
            changes.Count == 0
                ? "  none of its files changed"
                : $"  {Amounts.Count(changes.Count, "file")} changed; a build downloads at most {Amounts.Size(changes.Sum(change => change.After?.Size ?? 0))}"
        );
        if (entry.Signatures.Count > 0)
        {
            Log.Warning(
                $"{name}: its signatures were of the old commit; to sign it again: nix-ai-models lock-sign FILE {name} --key-file KEY"
            );
        }
    }

    /// <summary>What another process did to an entry meanwhile is not undone.</summary>
    private LockFile Replace(LockFile now, string name, LockEntry before, LockEntry after)
    {
        if (now.Models.GetValueOrDefault(name) is { } current && LockWriter.Write(current) == LockWriter.Write(before))
            return now.With(name, after);
        Log.Warning($"{name} was changed in {path} meanwhile, and stays as it is there; run the same again");
        return now;
    }
}
