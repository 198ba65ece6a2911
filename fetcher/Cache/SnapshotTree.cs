using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NixAiModels.Transfer;

namespace NixAiModels.Cache;

/// <summary>The list of a snapshot's files that a client keeps in <c>trees/COMMIT.json</c>: without it, huggingface_hub
/// 1.26.1 and later do not find a snapshot by its commit offline.</summary>
/// <remarks>Format: huggingface_hub, <c>_tree_cache.py</c>.</remarks>
/// <param name="FormatVersion">1.</param>
/// <param name="Files">The files by their paths in the repository.</param>
public sealed record SnapshotTree(int FormatVersion, IReadOnlyDictionary<string, SnapshotTree.Entry> Files)
{
    private const int SupportedVersion = 1;

    /// <summary>The tree of these files.</summary>
    /// <param name="files">The files by their paths.</param>
    public static SnapshotTree Of(IReadOnlyDictionary<string, Entry> files) =>
        new(
            SupportedVersion,
            files.OrderBy(file => file.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal)
        );

    /// <summary>Where a repository's folder has the tree of a commit.</summary>
    /// <param name="repository">The folder, such as <c>models--ORG--NAME</c>.</param>
    /// <param name="commit">The commit.</param>
    public static string PathIn(string repository, string commit) => $"{repository}/trees/{commit}.json";

    /// <summary>Reads a tree.</summary>
    /// <param name="path">The file.</param>
    /// <returns><see langword="null"/> where there is none, or none of this version.</returns>
    /// <exception cref="Failure">Exit code 7: it cannot be read.</exception>
    public static SnapshotTree? Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            var tree = JsonSerializer.Deserialize(File.ReadAllBytes(path), TreeJson.Default.SnapshotTree);
            return tree is { FormatVersion: SupportedVersion } ? tree : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (Exception exception) when (LocalFailure.Matches(exception))
        {
            throw LocalFailure.Of(exception, path);
        }
    }

    /// <summary>Writes the tree and the folder that it is in.</summary>
    /// <param name="path">The file to make.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, TreeJson.Default.SnapshotTree));
    }

    /// <summary>A file of a snapshot.</summary>
    /// <param name="Size">Its size in bytes.</param>
    /// <param name="BlobId">Git's id of what the repository has: the file, or its pointer to LFS;
    /// <see langword="null"/> where it is unknown.</param>
    /// <param name="LfsSha256">The sha256 of a file in LFS; <see langword="null"/> for any other.</param>
    /// <param name="LfsSize">The size of a file in LFS; <see langword="null"/> for any other.</param>
    public sealed record Entry(
        long Size,
        string? BlobId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LfsSha256 = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? LfsSize = null
    )
    {
        /// <summary>A file as a report has it: without git's id it is in LFS.</summary>
        /// <param name="size">Its size in bytes.</param>
        /// <param name="sha256">Its sha256, or <see langword="null"/>.</param>
        /// <param name="gitBlobId">Git's id of it, or <see langword="null"/>.</param>
        public static Entry Of(long size, string? sha256, string? gitBlobId) =>
            gitBlobId is null && sha256 is not null
                ? new Entry(size, Pointer(sha256, size), sha256, size)
                : new Entry(size, gitBlobId);

        /// <summary>What the file's bytes must hash to; <see langword="null"/> where it is unknown.</summary>
        [JsonIgnore]
        public ContentDigest? Digest =>
            LfsSha256 is not null ? Sha256Digest.TryParse(LfsSha256) : GitBlobId.TryParse(BlobId);

        /// <summary>Whether the two can be the same file, as far as is known of both.</summary>
        /// <param name="other">The other.</param>
        public bool Agrees(Entry other)
        {
            ArgumentNullException.ThrowIfNull(other);
            return Size == other.Size && (BlobId is null || other.BlobId is null || BlobId == other.BlobId);
        }

        // git-lfs, docs/spec.md: the file that git has in place of the one in LFS.
        private static string Pointer(string sha256, long size)
        {
            var text = $"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n";
            using var content = new MemoryStream(Encoding.ASCII.GetBytes(text));
            return GitBlobId.Of(content, content.Length).Hex;
        }
    }
}

/// <summary>The JSON of <see cref="SnapshotTree"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SnapshotTree))]
internal sealed partial class TreeJson : JsonSerializerContext;
