using System.Text.RegularExpressions;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>Lists the revisions in a Hugging Face cache, with their owners and sizes.</summary>
public static partial class CacheScan
{
    /// <summary>The revisions of a cache, ordered by repository and commit.</summary>
    /// <param name="cacheDirectory">The cache, such as <c>~/.cache/huggingface/hub</c>.</param>
    /// <param name="placed">The models of a configuration that stand in some cache.</param>
    /// <exception cref="Failure">Exit code 7: a folder cannot be read.</exception>
    public static IReadOnlyList<ScannedRevision> Of(
        string cacheDirectory,
        IEnumerable<(string Model, Placement Placement)> placed
    )
    {
        var models = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (model, placement) in placed)
            models[Links.ResolveExisting(placement.Repository) + "/" + placement.Commit] = model;

        try
        {
            using var tree = new CacheTree(
                cacheDirectory,
                FolderHandle.Open(cacheDirectory) ?? throw new FileNotFoundException("no such folder")
            );
            return
            [
                .. tree.Entries(cacheDirectory)
                    .Where(folder => RepositoryFolder().IsMatch(Path.GetFileName(folder)))
                    .SelectMany(folder => Revisions(tree, folder, models)),
            ];
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, cacheDirectory);
        }
    }

    private static IEnumerable<ScannedRevision> Revisions(
        CacheTree tree,
        string repository,
        Dictionary<string, string> models
    )
    {
        var refs = Refs(tree, $"{repository}/refs");
        var resolved = Links.ResolveExisting(repository);
        foreach (var snapshot in tree.Entries($"{repository}/snapshots"))
        {
            var commit = Path.GetFileName(snapshot);
            var (files, broken) = Files(tree, snapshot);
            yield return new ScannedRevision(
                Path.GetFileName(repository),
                commit,
                [.. refs[commit].Order(StringComparer.Ordinal)],
                models.GetValueOrDefault($"{resolved}/{commit}"),
                // A locked model's snapshot is a folder of links to several store paths.
                StorePathOf(snapshot) ?? files.Select(file => file.StorePath).FirstOrDefault(path => path is not null),
                files.Count,
                files.Count(file => file.StorePath is not null),
                files.Sum(file => file.Size),
                broken
            )
            {
                Paths = [.. files.Select(file => file.Path)],
            };
        }
    }

    private static ILookup<string, string> Refs(CacheTree tree, string folder) =>
        tree.Below(folder)
            .Where(inner => inner.Entry.IsFile)
            .ToLookup(
                inner => tree.RefText(inner.Path)?.Trim() ?? "",
                inner => Path.GetRelativePath(folder, inner.Path)
            );

    /// <summary>The files of a snapshot, links followed, each with the store path that it is in.</summary>
    private static (List<(string Path, long Size, string? StorePath)> Files, List<string> Broken) Files(
        CacheTree tree,
        string snapshot
    )
    {
        var files = new List<(string, long, string?)>();
        var broken = new List<string>();
        // A whole snapshot is one link: what it leads to is another tree.
        using var linked = tree.At(snapshot).Target is null
            ? null
            : new CacheTree(snapshot, FolderHandle.Open(snapshot));
        if (!FileStatus.Exists(snapshot))
            broken.Add(snapshot);
        foreach (var (path, entry) in (linked ?? tree).Below(snapshot))
        {
            if (entry.IsDirectory)
                continue;
            if (FileStatus.Find(path) is not { } status)
                broken.Add(path);
            else if (status.Kind != FileKind.Folder)
                files.Add((path[(snapshot.Length + 1)..], status.Size, StorePathOf(path)));
        }

        return (files, broken);
    }

    private static string? StorePathOf(string path) =>
        FileStatus.Exists(path) && InStore().Match(Links.ResolveExisting(path)) is { Success: true } match
            ? match.Value
            : null;

    [GeneratedRegex("^(models|datasets|spaces|kernels)--.")]
    private static partial Regex RepositoryFolder();

    // The store may be elsewhere than in /nix/store; names in it always begin with a digest.
    [GeneratedRegex("^/.*?/[0-9a-df-np-sv-z]{32}-[^/]+")]
    private static partial Regex InStore();
}
