using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NixAiModels.Tests.Cache;

/// <summary>What huggingface_hub 1.26.1 and later do offline with a cache (<c>_snapshot_download.py</c>,
/// <c>_tree_cache.py</c>).</summary>
internal static partial class OfflineClient
{
    /// <summary><c>snapshot_download(repo, revision=…)</c>: the folder, or the error that is raised.</summary>
    internal static string SnapshotDownload(string repository, string revision)
    {
        var isCommit = Commit().IsMatch(revision);
        var reference = $"{repository}/refs/{revision}";
        if (!isCommit && !File.Exists(reference))
            return "LocalEntryNotFoundError";
        var commit = isCommit ? revision : File.ReadAllText(reference);
        var snapshot = $"{repository}/snapshots/{commit}";
        var files = Tree(repository, commit);
        // A commit needs no request to be resolved, but the list of files does.
        if (isCommit && files is null)
            return "OfflineModeIsEnabled";
        if (!Directory.Exists(snapshot))
            return "LocalEntryNotFoundError";
        return files?.All(file => File.Exists($"{snapshot}/{file.Key}")) != false
            ? snapshot
            : "IncompleteSnapshotError";
    }

    /// <summary>The files of a list, or null where there is none that the client takes.</summary>
    internal static JsonObject? Tree(string repository, string commit)
    {
        var path = $"{repository}/trees/{commit}.json";
        if (!File.Exists(path))
            return null;
        var tree = JsonNode.Parse(File.ReadAllText(path))!;
        if ((int)tree["format_version"]! != 1)
            return null;
        var files = tree["files"]!.AsObject();
        foreach (var file in files)
            file.Value!.AsObject().Should().ContainKeys(["size", "blob_id"], "clients ignore a list without them");
        return files;
    }

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();
}
