using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Brings the files of a locked model into the store outside of a build, each to the path that its derivation
/// has: a user's own token may fetch what a build may not.</summary>
/// <param name="hub">The hub.</param>
/// <param name="nix">The Nix whose store it is.</param>
/// <param name="storeDirectory">What the store's paths begin with.</param>
/// <param name="deliver">Brings files into the store under a name, as a folder or (flat) as the one file
/// itself.</param>
public sealed class EntryDelivery(
    HubClient hub,
    NixCommand nix,
    string storeDirectory,
    Func<Snapshot, string, bool, CancellationToken, Task<NixHash>> deliver
)
{
    /// <summary>Brings every file that is not there.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="cancellation">Ends the work; what is in the store stays there.</param>
    /// <returns>The store paths of all its files.</returns>
    /// <exception cref="Failure">Not allowed, not there, or not what the entry pins (exit code 6).</exception>
    public async Task<IReadOnlyList<string>> RunAsync(LockEntry entry, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Part[] parts = [.. Parts(entry)];
        string[] paths = [.. parts.Select(PathOf)];
        var absent = await nix.MissingAsync(paths, cancellation);
        Part[] wanted = [.. parts.Where(part => absent.Contains(PathOf(part)))];
        if (wanted.Length == 0)
        {
            Log.Line("the store has every file already: nothing is downloaded");
            return paths;
        }

        var snapshot = await Snapshot.ResolveAsync(
            hub,
            entry.Repository,
            entry.Commit,
            Selection.OfFiles([.. wanted.SelectMany(part => part.Files)]),
            cancellation
        );
        RequirePinned(entry, snapshot);
        foreach (var part in wanted)
        {
            var files = part.Files.ToHashSet(StringComparer.Ordinal);
            var hash = await deliver(
                snapshot with
                {
                    Files = [.. snapshot.Files.Where(file => files.Contains(file.Path))],
                },
                part.Name,
                part.Flat,
                cancellation
            );
            if (hash != part.Hash)
                throw Altered(entry, $"{part.Name} has the hash {hash.Sri}, not {part.Hash.Sri}");
        }

        return paths;
    }

    private string PathOf(Part part) =>
        StorePath.OfFixedOutput(part.Name, part.Hash, recursive: !part.Flat, storeDirectory);

    private static IEnumerable<Part> Parts(LockEntry entry)
    {
        foreach (var file in entry.Lfs)
        {
            yield return new Part(
                DerivationName.OfFile(file.Path),
                NixHash.Parse(file.Sha256),
                Flat: true,
                [file.Path]
            );
        }

        if (entry.RegularHash is not { } hash)
            yield break;
        var name = DerivationName.OfRegularFiles(
            entry.Repository.TypeWord,
            entry.Repository.ToString(),
            entry.Regular.Select(file => (file.Path, file.Oid))
        );
        yield return new Part(name, hash, Flat: false, [.. entry.Regular.Select(file => file.Path)]);
    }

    /// <summary>Other bytes than those that are pinned need not be downloaded to be refused.</summary>
    private static void RequirePinned(LockEntry entry, Snapshot snapshot)
    {
        var asked = snapshot.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        if (
            FileChange.Between(entry, snapshot.Files).FirstOrDefault(change => asked.Contains(change.Path)) is
            { } change
        )
        {
            throw Altered(entry, $"the hub lists another {Printable.Escape(change.Path)}");
        }
    }

    private static Failure Altered(LockEntry entry, string what) =>
        new(
            ExitCode.Integrity,
            $"{entry.Repository} at {entry.Commit} is not what the lock file pins: {what}",
            "nix-ai-models verify models.lock.json   # compares every file"
        );

    /// <summary>What is one derivation, and one store path.</summary>
    private sealed record Part(string Name, NixHash Hash, bool Flat, IReadOnlyList<string> Files);
}
