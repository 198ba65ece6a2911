using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Locking;

/// <summary>Adds the files of a locked model to the store outside of a build, each at the path that its derivation has:
/// a user's own token may fetch what a build may not.</summary>
/// <param name="delivery">The delivery of snapshots from the entry's hub.</param>
/// <param name="nix">The Nix whose store it is.</param>
/// <param name="storeDirectory">The store that paths begin with, such as <c>/nix/store</c>.</param>
public sealed class EntryDelivery(SnapshotDelivery delivery, NixCommand nix, string storeDirectory)
{
    /// <summary>Adds every file that is missing.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="cancellation">Ends the work; what is in the store stays there.</param>
    /// <returns>The store paths of all its files.</returns>
    /// <exception cref="Failure">Not allowed, not there, or not what the entry pins (exit code 6).</exception>
    public async Task<IReadOnlyList<string>> RunAsync(RepositoryEntry entry, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Part[] parts = [.. Parts(entry)];
        string[] paths = [.. parts.Select(PathOf)];
        var absent = await nix.MissingAsync(paths, cancellation);
        Part[] wanted = [.. parts.Where(part => absent.Contains(PathOf(part)))];
        if (wanted.Length == 0)
        {
            Log.Line("every file is already in the store; nothing to download");
            return paths;
        }

        var snapshot = await Snapshot.ResolveAsync(
            delivery.Hub,
            entry.Repository,
            entry.Commit.ToString(),
            Selection.OfFiles([.. wanted.SelectMany(part => part.Files)]),
            cancellation
        );
        RequirePinned(entry, snapshot);
        foreach (var part in wanted)
        {
            var files = part.Files.ToHashSet(StringComparer.Ordinal);
            try
            {
                await delivery.RunAsync(
                    snapshot with
                    {
                        Files = [.. snapshot.Files.Where(file => files.Contains(file.Path))],
                    },
                    part.Output,
                    cancellation
                );
            }
            catch (HashMismatch mismatch)
            {
                throw Altered(entry, mismatch.Message);
            }
        }

        return paths;
    }

    /// <summary>The names in the store of what an entry is delivered as.</summary>
    /// <param name="entry">The model.</param>
    public static IEnumerable<string> StoreNames(RepositoryEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Parts(entry).Select(part => part.Output.Name);
    }

    private string PathOf(Part part) => part.Output.PathFor(part.Output.ExpectedHash!, storeDirectory);

    private static IEnumerable<Part> Parts(RepositoryEntry entry)
    {
        foreach (var file in entry.Lfs)
        {
            var output = new FixedOutput(
                DerivationName.OfFile(file.Path),
                IsFlat: true,
                NixHash.Parse(file.Sha256.Hex)
            );
            yield return new Part(output, [file.Path]);
        }

        if (entry.RegularHash is not { } hash)
            yield break;
        var name = DerivationName.OfRegularFiles(
            entry.Repository.TypeWord,
            entry.Repository.ToString(),
            entry.Regular.Select(file => (file.Path, file.Oid.Hex))
        );
        var folder = new FixedOutput(name, IsFlat: false, hash);
        yield return new Part(folder, [.. entry.Regular.Select(file => file.Path)]);
    }

    /// <summary>Other bytes than those that are pinned need not be downloaded to be refused.</summary>
    private static void RequirePinned(RepositoryEntry entry, Snapshot snapshot)
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

    private static Failure Altered(RepositoryEntry entry, string what) =>
        new(
            ExitCode.Integrity,
            $"{entry.Repository} at {entry.Commit} is not what the lock file pins: {what}",
            "nix-prefetch-hf lock verify   # compares every file"
        );

    /// <summary>One derivation of a locked model, and the paths of its files in the repository.</summary>
    private sealed record Part(FixedOutput Output, IReadOnlyList<string> Files);
}
