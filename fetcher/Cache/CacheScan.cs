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
            return
            [
                .. Directory
                    .EnumerateDirectories(cacheDirectory)
                    .Where(folder => RepositoryFolder().IsMatch(Path.GetFileName(folder)))
                    .Order(StringComparer.Ordinal)
                    .SelectMany(folder => Revisions(folder, models)),
            ];
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, cacheDirectory);
        }
    }

    private static IEnumerable<ScannedRevision> Revisions(string repository, Dictionary<string, string> models)
    {
        var snapshots = $"{repository}/snapshots";
        if (!Directory.Exists(snapshots))
            yield break;
        var refs = Refs($"{repository}/refs");
        var resolved = Links.ResolveExisting(repository);
        foreach (var snapshot in Directory.EnumerateFileSystemEntries(snapshots).Order(StringComparer.Ordinal))
        {
            var commit = Path.GetFileName(snapshot);
            var (files, broken) = Files(snapshot);
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
            );
        }
    }

    private static ILookup<string, string> Refs(string folder) =>
        (Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : []).ToLookup(
            file => File.ReadAllText(file).Trim(),
            file => Path.GetRelativePath(folder, file)
        );

    /// <summary>The files of a snapshot, links followed, each with the store path that it is in.</summary>
    private static (List<(long Size, string? StorePath)> Files, List<string> Broken) Files(string snapshot)
    {
        var files = new List<(long, string?)>();
        var broken = new List<string>();
        if (!FileStatus.Exists(snapshot))
            broken.Add(snapshot);
        else if (Directory.Exists(snapshot))
            Add(snapshot);
        return (files, broken);

        void Add(string folder)
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
            {
                if (CacheEntry.At(entry).IsDirectory)
                    Add(entry);
                else if (!FileStatus.Exists(entry))
                    broken.Add(entry);
                else if (Links.ResolveExisting(entry) is var real && !Directory.Exists(real))
                    files.Add((new FileInfo(real).Length, StorePathOf(real)));
            }
        }
    }

    private static string? StorePathOf(string path) =>
        FileStatus.Exists(path) && InStore().Match(Links.ResolveExisting(path)) is { Success: true } match
            ? match.Value
            : null;

    [GeneratedRegex("^(models|datasets|spaces)--.")]
    private static partial Regex RepositoryFolder();

    // The store may be elsewhere than in /nix/store; names in it always begin with a digest.
    [GeneratedRegex("^/.*?/[0-9a-df-np-sv-z]{32}-[^/]+")]
    private static partial Regex InStore();
}
