using NixAiModels.Signing;
using NixAiModels.Snapshots;

namespace NixAiModels.Locking;

/// <summary>Compares the pinned files of a lock file with what the hub lists today for their commits
/// (<c>nix-prefetch-hf lock verify</c>).</summary>
/// <param name="path">The lock file.</param>
/// <param name="trusted">Keys, one of which must have signed each entry; if empty, signatures are not
/// checked.</param>
/// <param name="open">Opens the hub of an endpoint.</param>
/// <param name="output">Where the result of each entry is printed.</param>
internal sealed class LockVerify(
    string path,
    IReadOnlyList<PublicKey> trusted,
    Func<string?, HubSession> open,
    TextWriter output
)
{
    /// <summary>Compares entries; one that fails does not stop the others.</summary>
    /// <param name="names">The entries' names; all entries if empty.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns><see cref="ExitCode.Integrity"/> if the hub lists other files, else the exit code of the first entry
    /// that failed, else <see cref="ExitCode.Done"/>.</returns>
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
                var differences = entry switch
                {
                    RepositoryEntry repository => await DifferencesAsync(repository, cancellation),
                    FileEntry others => await FileEntries.DifferencesAsync(others, cancellation),
                    _ => [],
                };
                var what = entry is RepositoryEntry ? "the hub lists other files" : "the server has other files";
                output.WriteLine($"{name}: {(differences.Count == 0 ? "as pinned" : what)}");
                foreach (var difference in differences)
                    output.WriteLine($"  {difference}");
                differing |= differences.Count > 0;
            }
        );

        // Different files are worse than a hub that did not answer.
        return differing ? ExitCode.Integrity : failed.FirstOrDefault(ExitCode.Done);
    }

    private async Task<IReadOnlyList<FileChange>> DifferencesAsync(
        RepositoryEntry entry,
        CancellationToken cancellation
    )
    {
        using var session = open(entry.Endpoint);
        var revision = await session.Client.ResolveRevisionAsync(
            entry.Repository,
            entry.Commit.ToString(),
            cancellation
        );
        var listing = await session.Client.ListFilesAsync(revision, cancellation);
        ListingCheck.Check(listing);
        // By path: a pattern that no longer matches would be an error by itself.
        var pinned = entry.Listing.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var selected = entry.Selection.IsWhole ? listing : [.. listing.Where(file => pinned.Contains(file.Path))];
        return FileChange.Between(entry, selected);
    }
}
