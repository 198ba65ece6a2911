using NixAiModels.Signing;
using NixAiModels.Snapshots;

namespace NixAiModels.Locking;

/// <summary><c>nix-ai-models verify FILE</c>: is what the hub lists today for each pinned commit still what the lock
/// file says?</summary>
/// <param name="path">The lock file.</param>
/// <param name="trusted">Keys of which one must have signed each entry; none, where nobody need have.</param>
/// <param name="open">Opens the hub of an endpoint.</param>
internal sealed class LockVerify(string path, IReadOnlyList<PublicKey> trusted, Func<string?, HubSession> open)
{
    /// <summary>Compares.</summary>
    /// <param name="names">The entries; all, where it is empty.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns>Done, integrity where the hub lists other files, or why the first question had no answer.</returns>
    /// <exception cref="Failure">The file cannot be read, or has no entry of a given name.</exception>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var differing = false;
        var failed = await LockedModels.ForEachAsync(
            LockFile.Read(path),
            path,
            names,
            async (name, entry) =>
            {
                if (trusted.Count > 0)
                    EntrySignature.Verify(name, entry, trusted);
                var differences = await DifferencesAsync(entry, cancellation);
                Console.Out.WriteLine(
                    $"{name}: {(differences.Count == 0 ? "as pinned" : "the hub lists other files")}"
                );
                foreach (var difference in differences)
                    Console.Out.WriteLine($"  {difference}");
                differing |= differences.Count > 0;
            }
        );

        // That files differ is worse than that a question has no answer.
        return differing ? ExitCode.Integrity : failed.FirstOrDefault(ExitCode.Done);
    }

    private async Task<IReadOnlyList<FileChange>> DifferencesAsync(LockEntry entry, CancellationToken cancellation)
    {
        using var session = open(entry.Endpoint);
        var listing = await session.Client.ListFilesAsync(entry.Repository, entry.Commit, cancellation);
        ListingCheck.Check(listing);
        // By path: a pattern that matched a file which is gone would be an error of its own.
        var pinned = entry.Listing.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var selected = entry.Selection.IsWhole ? listing : [.. listing.Where(file => pinned.Contains(file.Path))];
        return FileChange.Between(entry, selected);
    }
}
