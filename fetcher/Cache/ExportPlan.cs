using NixAiModels.Posix;
using NixAiModels.Transfer;

namespace NixAiModels.Cache;

/// <summary>The files of a model or a cache, which are links into the store, as the real files that they stand
/// for.</summary>
/// <param name="source">A model's view or snapshot, or a cache.</param>
internal sealed class ExportPlan(string source)
{
    private readonly Dictionary<string, SnapshotTree?> _trees = new(StringComparer.Ordinal);

    /// <summary>A file of the copy.</summary>
    /// <param name="Path">Its path in the copy.</param>
    /// <param name="Original">The file in the store.</param>
    /// <param name="Size">Its size in bytes.</param>
    /// <param name="Digest">What its bytes must hash to; <see langword="null"/> where that is unknown.</param>
    /// <param name="Names">Its other paths, which are links to the first.</param>
    internal sealed record Item(
        string Path,
        string Original,
        long Size,
        ContentDigest? Digest,
        IReadOnlyList<string> Names
    );

    /// <summary>Lists the files. Of several paths of one file the one in a snapshot is real: programs that resolve
    /// links find neighbouring files there.</summary>
    /// <exception cref="Failure">Exit code 7: a folder cannot be read, or a link leads nowhere.</exception>
    internal IReadOnlyList<Item> Items()
    {
        try
        {
            return
            [
                .. Below("")
                    .GroupBy(path =>
                        Links.Resolve(In(path)) ?? throw new FileNotFoundException("it leads nowhere", path)
                    )
                    .Select(file => Describe(file.Key, [.. file.OrderBy(path => PlaceOf(path) is null)]))
                    .OrderBy(item => item.Path, StringComparer.Ordinal),
            ];
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, source);
        }
    }

    private string In(string path) => Path.Join(source, path);

    private IEnumerable<string> Below(string folder)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(In(folder)).Order(StringComparer.Ordinal))
        {
            var path = Path.Join(folder, Path.GetFileName(entry));
            foreach (var inner in Directory.Exists(entry) ? Below(path) : [path])
                yield return inner;
        }
    }

    private Item Describe(string original, string[] paths) =>
        new(paths[0], original, new FileInfo(original).Length, DigestOf(paths[0]), paths[1..]);

    private ContentDigest? DigestOf(string path)
    {
        if (PlaceOf(path) is not { } place)
            return null;
        var tree = SnapshotTree.PathIn(In(place.Repository), place.Commit);
        if (!_trees.TryGetValue(tree, out var files))
            _trees[tree] = files = SnapshotTree.Read(tree);
        return files?.Files.GetValueOrDefault(place.File)?.Digest;
    }

    /// <summary>The repository's folder, the commit and the file of a path in a cache.</summary>
    internal static (string Repository, string Commit, string File)? PlaceOf(string path)
    {
        var parts = path.Split('/');
        var snapshots = Array.IndexOf(parts, "snapshots");
        return snapshots > 0 && snapshots + 2 < parts.Length
            ? (string.Join('/', parts[..snapshots]), parts[snapshots + 1], string.Join('/', parts[(snapshots + 2)..]))
            : null;
    }
}
