using System.Text.Json;

namespace NixAiModels.TestHub;

/// <summary>The JSON of a repository at a revision.</summary>
internal static class RepositoryInfo
{
    public static byte[] Write(Repository repository, Snapshot snapshot, bool withBlobs)
    {
        var settings = repository.Settings;
        var name = repository.Key.Name;
        var siblings = snapshot
            .Entries.Values.Where(entry => entry.DiskFile is not null)
            .Select(entry => Sibling(entry, withBlobs));
        return JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object?>
            {
                ["_id"] = snapshot.Commit[..24],
                ["id"] = name,
                ["modelId"] = repository.Key.Type == "models" ? name : null,
                ["author"] = name.Contains('/', StringComparison.Ordinal) ? name.Split('/')[0] : null,
                ["sha"] = snapshot.Commit,
                ["lastModified"] = "2024-01-01T00:00:00.000Z",
                ["createdAt"] = "2024-01-01T00:00:00.000Z",
                ["private"] = settings.Private,
                ["gated"] = (object?)settings.Gated ?? false,
                ["disabled"] = settings.Disabled,
                ["downloads"] = 0,
                ["likes"] = 0,
                ["tags"] = Array.Empty<string>(),
                ["siblings"] = siblings,
            }
        );
    }

    public static byte[] WriteRefs(Repository repository)
    {
        object Ref(string kind, string name) =>
            new
            {
                name,
                @ref = $"refs/{kind}/{name}",
                targetCommit = repository.At(name)?.Commit,
            };
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                branches = repository
                    .Branches.Where(name => !name.StartsWith("refs/", StringComparison.Ordinal))
                    .Select(name => Ref("heads", name)),
                converts = Array.Empty<object>(),
                tags = repository.Settings.Tags.Keys.Order(StringComparer.Ordinal).Select(name => Ref("tags", name)),
            }
        );
    }

    /// <summary>The commit of a revision, then those of the other revisions, as if they were earlier.</summary>
    public static byte[] WriteCommits(Repository repository, string revision) =>
        JsonSerializer.SerializeToUtf8Bytes(
            repository
                .Branches.Prepend(revision)
                .Select(name => repository.At(name)?.Commit)
                .OfType<string>()
                .Distinct()
                .Select(commit => new
                {
                    id = commit,
                    title = "Add files",
                    message = "",
                    authors = Array.Empty<object>(),
                    date = "2024-01-01T00:00:00.000Z",
                })
        );

    private static Dictionary<string, object> Sibling(Entry entry, bool withBlobs)
    {
        var sibling = new Dictionary<string, object> { ["rfilename"] = entry.Path };
        if (withBlobs)
        {
            sibling["size"] = entry.Size;
            sibling["blobId"] = entry.Oid;
            if (entry.Sha256 is not null)
            {
                sibling["lfs"] = new
                {
                    sha256 = entry.Sha256,
                    size = entry.Size,
                    pointerSize = entry.Pointer.Length,
                };
            }
        }
        return sibling;
    }
}
