using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Pins a model file by file in a lock file, without downloading the files whose sha256 the hub lists
/// (<c>nix-prefetch-hf lock add</c>).</summary>
internal static class LockPin
{
    /// <summary>Adds an entry, or replaces the one with its name.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="name">The entry's name; the repository's if it is <see langword="null"/>.</param>
    /// <param name="request">What it pins.</param>
    /// <param name="open">Opens the hub of an endpoint.</param>
    /// <param name="cancellation">Ends the work; the file is then unchanged.</param>
    /// <returns>The entry and its name.</returns>
    /// <exception cref="Failure">Something failed; the file is then unchanged.</exception>
    public static async Task<(string Name, LockEntry Entry)> RunAsync(
        string path,
        string? name,
        PinRequest request,
        Func<string?, SnapshotDelivery> open,
        CancellationToken cancellation
    )
    {
        var key = name ?? request.Repository.Name;
        StorePath.CheckName(key);
        // A damaged file fails before anything is downloaded.
        var known = File.Exists(path) ? Old(LockFile.Read(path), path, key, name, request.Repository) : null;
        using var delivery = open(request.Endpoint);
        var snapshot = await Snapshot.ResolveAsync(
            delivery.Hub,
            request.Repository,
            request.Revision,
            request.Selection,
            cancellation
        );
        // As the hub spells it.
        key = name ?? snapshot.Repository.Name;
        var entry = await new EntryPin(delivery).PinAsync(snapshot, request.EntryOf(snapshot), known, cancellation);
        Report(key, entry, snapshot, delivery.Downloaded, delivery.Taken);
        var changed = await LockEdit.ApplyAsync(
            path,
            file =>
            {
                var old = Old(file, path, key, name, snapshot.Repository);
                entry = EntrySignature.KeepValid(key, old, entry);
                return file.With(key, entry);
            },
            cancellation
        );
        Log.Line(changed ? $"wrote {path}" : $"{path} is unchanged");
        return (key, entry);
    }

    private static LockEntry? Old(LockFile file, string path, string key, string? name, RepositoryId repository)
    {
        var old = file.Models.GetValueOrDefault(key);
        if (old is { Frozen: true })
        {
            throw new Failure(
                ExitCode.Usage,
                $"'{key}' is frozen in {path} at {old.Commit}",
                LockCommandText.Of(path, "unfreeze", key) + "   # then the same command again"
            );
        }

        return old is null || name is not null || old.Repository.ToString() == repository.ToString()
            ? old
            : throw new Failure(
                ExitCode.Usage,
                $"{path} already has a model '{key}', from {old.Repository}",
                LockCommandText.Of(path, "add", repository.Address, "--name", repository.ToString().Replace('/', '-'))
            );
    }

    private static void Report(string name, LockEntry entry, Snapshot snapshot, long downloaded, long taken)
    {
        var large = entry.Lfs.Sum(file => file.Size ?? 0);
        Log.Line($"{name}: {snapshot.Summary}");
        Log.Line(
            $"  {Amounts.Count(entry.Lfs.Count, "file")} pinned by the sha256 that the hub lists, {Amounts.Size(large)}"
        );
        Log.Line(
            $"  {Amounts.Count(entry.Regular.Count, "regular file")} pinned together"
                + (entry.RegularHash is { } hash ? $" by {hash.Sri}" : "")
                + $", {Amounts.Size(snapshot.Size - large)}"
        );
        Log.Line(
            $"  downloaded {Amounts.Size(downloaded)}; "
                + $"{Amounts.Size(snapshot.Size - downloaded - taken)} already pinned by the hub's listing"
        );
    }
}
