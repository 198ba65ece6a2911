using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Store;
using NixAiModels.Transfer;

namespace NixAiModels.Locking;

/// <summary>Pins a model file by file: the hub's listing says what is in the large files; only the regular ones are
/// downloaded, to know their one hash.</summary>
/// <param name="delivery">How the regular files are brought here.</param>
public sealed class EntryPin(SnapshotDelivery delivery)
{
    /// <summary>Pins the files of a snapshot.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="wanted">Everything of the entry but its commit, files and hashes.</param>
    /// <param name="known">An earlier entry; where its regular files are the same, so is their hash.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The entry.</returns>
    /// <exception cref="Failure">Whatever failed for good.</exception>
    public async Task<RepositoryEntry> PinAsync(
        Snapshot snapshot,
        RepositoryEntry wanted,
        RepositoryEntry? known,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(wanted);
        var small = snapshot with { Files = [.. snapshot.Files.Where(file => !file.IsLfs)] };
        RegularFile[] regular =
        [
            .. from file in snapshot.Files
            let oid = file.Digest as GitBlobId
            where oid is not null
            select new RegularFile(file.Path, file.Size, oid),
        ];
        var unchanged =
            regular.Length == 0
            || (known?.Repository == snapshot.Repository && known.Regular.ToHashSet().SetEquals(regular));
        return wanted with
        {
            Commit = snapshot.Commit,
            Lfs =
            [
                .. from file in snapshot.Files
                let sha256 = file.Digest as Sha256Digest
                where sha256 is not null
                select new LfsFile(file.Path, file.Size, sha256),
            ],
            Regular = regular,
            RegularHash =
                regular.Length == 0 ? null
                : unchanged ? known!.RegularHash
                : await HashAsync(small, regular, cancellation),
        };
    }

    private async Task<NixHash> HashAsync(Snapshot small, RegularFile[] regular, CancellationToken cancellation)
    {
        var name = DerivationName.OfRegularFiles(
            small.Repository.TypeWord,
            small.Repository.ToString(),
            regular.Select(file => (file.Path, file.Oid.Hex))
        );
        return (await delivery.RunAsync(small, new FixedOutput(name), cancellation)).Hash;
    }
}
