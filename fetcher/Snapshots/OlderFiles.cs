using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Terminal;
using NixAiModels.Xet;

namespace NixAiModels.Snapshots;

/// <summary>Finds older versions of a snapshot's large files on this machine: in store paths of other commits of the
/// repository, and, by the sha256 that the hub lists for earlier commits, in those of single files and in Hugging Face
/// caches. Each listing is asked for once.</summary>
/// <param name="hub">The hub that lists the commits.</param>
internal sealed class OlderFiles(HubClient hub)
{
    // Each costs a listing.
    private const int MostCommits = 8;

    // A smaller file is downloaded sooner than looked for.
    private const long SmallestFile = 4 << 20;

    private const int CommitDigits = 40;

    private readonly Dictionary<(RepositoryId, CommitId), Task<IReadOnlyList<CommitId>>> _commits = [];
    private readonly Dictionary<(RepositoryId, CommitId), Task<IReadOnlyList<HubFile>>> _listings = [];

    /// <summary>Finds them.</summary>
    /// <param name="snapshot">The files.</param>
    /// <param name="local">Caches of this machine, or <see langword="null"/>.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns>Older versions by the file's path. None where the hub does not tell.</returns>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<OlderVersion>>> FindAsync(
        Snapshot snapshot,
        LocalFiles? local,
        CancellationToken cancellation
    )
    {
        var found = new Dictionary<string, IReadOnlyList<OlderVersion>>(StringComparer.Ordinal);
        var wanted = snapshot
            .Files.Where(file => file.XetHash is not null && file.Size >= SmallestFile)
            .ToDictionary(file => file.Path, StringComparer.Ordinal);
        if (wanted.Count == 0)
            return found;
        var store = StoreFolder.Find(Environment.GetEnvironmentVariable);
        try
        {
            var inStore = store is null ? [] : Directory.GetFileSystemEntries(store);
            var trees = TreesIn(inStore, snapshot);
            var earlier =
                HasFileOf(inStore, wanted.Keys) || local?.HasRepository(snapshot.Repository) == true
                    ? await CommitsAsync(snapshot.Repository, snapshot.Commit, cancellation)
                    : [];
            foreach (
                var commit in trees
                    .Select(tree => tree.Key)
                    .Concat(earlier)
                    .Where(commit => commit != snapshot.Commit)
                    .Distinct()
                    .Take(MostCommits)
            )
            {
                var listing = await ListAsync(snapshot.Repository, commit, cancellation);
                foreach (var file in listing.Where(file => wanted.ContainsKey(file.Path) && file.XetHash is not null))
                {
                    var before = found.GetValueOrDefault(file.Path) ?? [];
                    if (before.Any(version => version.XetHash == file.XetHash))
                        continue;
                    if ((InStore(file, trees[commit], store) ?? InCache(file, local, cancellation)) is { } version)
                        found[file.Path] = [.. before, version];
                }
            }
        }
        catch (Exception exception) when (exception is HubFailure || LocalFailure.Matches(exception))
        {
            Log.Line($"not looking further for older versions: {exception.Message}");
        }

        return found;
    }

    private Task<IReadOnlyList<CommitId>> CommitsAsync(
        RepositoryId repository,
        CommitId commit,
        CancellationToken cancellation
    ) =>
        _commits.TryGetValue((repository, commit), out var known)
            ? known
            : _commits[(repository, commit)] = hub.ListCommitsAsync(repository, commit, cancellation);

    private Task<IReadOnlyList<HubFile>> ListAsync(
        RepositoryId repository,
        CommitId commit,
        CancellationToken cancellation
    ) =>
        _listings.TryGetValue((repository, commit), out var known)
            ? known
            : _listings[(repository, commit)] = hub.ListFilesAsync(new Revision(repository, commit), cancellation);

    /// <summary>The store paths of other commits, by commit.</summary>
    private static ILookup<CommitId, string> TreesIn(string[] inStore, Snapshot snapshot)
    {
        var prefix = DerivationName.SnapshotPrefix(snapshot.Repository.TypeWord, snapshot.Repository.ToString());
        return inStore
            .Select(path => (Path: path, Name: StorePath.NameOf(path)))
            .Where(tree => tree.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(tree => (tree.Path, Revision: tree.Name[prefix.Length..]))
            .Where(tree => tree.Revision.Length >= CommitDigits)
            .Select(tree => (tree.Path, Commit: CommitId.TryParse(tree.Revision[..CommitDigits])))
            .Where(tree => tree.Commit is not null)
            .ToLookup(tree => tree.Commit!, tree => tree.Path);
    }

    /// <summary>Whether the store has a file by one of the names that single files have there.</summary>
    private static bool HasFileOf(string[] inStore, IEnumerable<string> paths)
    {
        var names = paths.Select(DerivationName.OfFile).ToHashSet(StringComparer.Ordinal);
        return Array.Exists(inStore, path => names.Contains(StorePath.NameOf(path)));
    }

    private static OlderVersion? InStore(HubFile file, IEnumerable<string> trees, string? store)
    {
        if (store is null)
            return null;
        var alone = new FixedOutput(DerivationName.OfFile(file.Path), IsFlat: true).PathFor(
            NixHash.Parse(file.Digest.Hex),
            StoreFolder.Name(Environment.GetEnvironmentVariable)
        );
        return trees
            .Select(tree => Path.Combine(tree, file.Path))
            .Append(Path.Combine(store, Path.GetFileName(alone)))
            .Where(path => new FileInfo(path) is { Exists: true } info && Length(info) == file.Size)
            .Select(path => OlderVersion.At(path, file.XetHash!, file.Size))
            .FirstOrDefault();
    }

    private static OlderVersion? InCache(HubFile file, LocalFiles? local, CancellationToken cancellation)
    {
        if (local?.Find(file, cancellation) is not { } found)
            return null;
        found.File.Dispose();
        return new OlderVersion(
            $"{file.Path} in {found.Folder}",
            () => local.Find(file, CancellationToken.None)?.File ?? throw new FileNotFoundException(file.Path),
            file.XetHash!,
            file.Size
        );
    }

    // A locked model's tree has links to its files.
    private static long Length(FileInfo file) =>
        file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
}
