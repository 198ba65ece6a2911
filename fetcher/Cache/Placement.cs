using System.Text.Json.Serialization;

namespace NixAiModels.Cache;

/// <summary>How one model stands in a cache: every link and ref that is ours.</summary>
/// <remarks>The parameters' names are those of the JSON in sync's state.</remarks>
/// <param name="Repository">The repository's folder, such as
/// <c>/var/cache/huggingface/hub/models--ORG--NAME</c>.</param>
/// <param name="Alias">A link to that folder, for a cache directory that is not called <c>hub</c>; else
/// <see langword="null"/>.</param>
/// <param name="Commit">The name of the snapshot.</param>
/// <param name="Raw">The store path that has the files.</param>
/// <param name="Files">The files that are linked one by one; <see langword="null"/> where the snapshot is one
/// link.</param>
/// <param name="Blobs">Names below <c>blobs</c>, each with a file below <paramref name="Raw"/>.</param>
/// <param name="Refs">The refs that hold the commit.</param>
/// <param name="Tree">The list of the snapshot's files, in the store; <see langword="null"/> for a selection, to which
/// a client may add, or where there is none.</param>
public sealed record Placement(
    string Repository,
    string? Alias,
    string Commit,
    string Raw,
    IReadOnlyList<string>? Files,
    IReadOnlyDictionary<string, string> Blobs,
    IReadOnlyList<string> Refs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tree = null
)
{
    /// <summary>The directory that is configured: above it others than its owner decide.</summary>
    public string CacheDirectory => Path.GetDirectoryName(Alias ?? Repository)!;

    /// <summary>The link, or the folder of links.</summary>
    public string Snapshot => $"{Repository}/snapshots/{Commit}";

    /// <summary>Where clients keep the locks of downloads into the repository.</summary>
    public string Locks => $"{Path.GetDirectoryName(Repository)}/.locks/{Path.GetFileName(Repository)}";

    /// <summary>What <see cref="Alias"/> holds.</summary>
    public string AliasTarget => $"hub/{Path.GetFileName(Repository)}";

    /// <summary>The link to <see cref="Tree"/>.</summary>
    public string TreeLink => SnapshotTree.PathIn(Repository, Commit);

    /// <summary>Where a ref is.</summary>
    /// <param name="name">The ref's name.</param>
    public string RefFile(string name) => $"{Repository}/refs/{name}";

    /// <summary>Every link with what it holds.</summary>
    public IEnumerable<KeyValuePair<string, string>> Links()
    {
        if (Files is null)
            yield return new(Snapshot, Raw);
        foreach (var file in Files ?? [])
            yield return new($"{Snapshot}/{file}", $"{Raw}/{file}");
        foreach (var (name, file) in Blobs)
            yield return new($"{Repository}/blobs/{name}", $"{Raw}/{file}");
        if (Tree is not null)
            yield return new(TreeLink, Tree);
        if (Alias is not null)
            yield return new(Alias, AliasTarget);
    }

    /// <summary>Whether two placements are the same links and refs.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(Placement? other) =>
        other is not null
        && (Repository, Alias, Commit, Raw, Tree)
            == (other.Repository, other.Alias, other.Commit, other.Raw, other.Tree)
        && (Files is null) == (other.Files is null)
        && (Files ?? []).SequenceEqual(other.Files ?? [])
        && Refs.SequenceEqual(other.Refs)
        && Blobs.Count == other.Blobs.Count
        && Blobs.All(blob => other.Blobs.TryGetValue(blob.Key, out var file) && file == blob.Value);

    /// <summary>A hash of what names a placement.</summary>
    public override int GetHashCode() => HashCode.Combine(Repository, Commit, Raw);
}
