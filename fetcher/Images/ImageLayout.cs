using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NixAiModels.Images;

/// <summary>An image in the store: an OCI image layout without the blobs of its layers, and, in
/// <see cref="LayersFile"/>, the files that those are made of. The weights are not stored twice.</summary>
/// <remarks>Formats: OCI image-spec, <c>image-layout.md</c>, <c>manifest.md</c>, <c>config.md</c>; and Docker's
/// <c>manifest.json</c>, without which Docker before version 25 does not load an archive.</remarks>
internal static class ImageLayout
{
    /// <summary>The file that is not part of the layout.</summary>
    public const string LayersFile = "layers.json";

    private const string Created = "1970-01-01T00:00:01Z";

    /// <summary>What an image has besides its layers.</summary>
    /// <param name="Name">Its name, such as "llama".</param>
    /// <param name="Tag">Its tag, such as "latest".</param>
    /// <param name="Architecture">Its architecture, as Go names it: "amd64".</param>
    /// <param name="Environment">The variables of its containers.</param>
    internal sealed record Settings(
        string Name,
        string Tag,
        string Architecture,
        IReadOnlyDictionary<string, string> Environment
    );

    /// <summary>A layer, and the name of its blob.</summary>
    internal sealed record Described(string Digest, long Size, ImageLayer Content);

    /// <summary>Writes an image.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="layers">Its layers, from the lowest on.</param>
    /// <param name="settings">The rest.</param>
    /// <param name="cancellation">Ends the hashing.</param>
    /// <exception cref="Failure">Exit code 7: a file cannot be read.</exception>
    public static void Write(
        string folder,
        IReadOnlyList<ImageLayer> layers,
        Settings settings,
        CancellationToken cancellation
    )
    {
        var described = new Described[layers.Count];
        Parallel.For(
            0,
            layers.Count,
            new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            i => described[i] = new Described(layers[i].Digest(cancellation), layers[i].Size, layers[i])
        );

        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        var config = Blob(
            folder,
            "application/vnd.oci.image.config.v1+json",
            new OciDocuments.Config(
                Created,
                settings.Architecture,
                "linux",
                new OciDocuments.Run([
                    .. settings
                        .Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal)
                        .Select(variable => $"{variable.Key}={variable.Value}"),
                ]),
                new OciDocuments.RootFs("layers", [.. described.Select(layer => layer.Digest)]),
                [.. layers.Select(layer => new OciDocuments.History(Created, "nix-ai-models", LargestOf(layer)))]
            ),
            ImageJson.Default.Config
        );
        var manifest = Blob(
            folder,
            "application/vnd.oci.image.manifest.v1+json",
            new OciDocuments.Manifest(
                2,
                "application/vnd.oci.image.manifest.v1+json",
                config,
                [
                    .. described.Select(layer => new OciDocuments.Descriptor(
                        "application/vnd.oci.image.layer.v1.tar",
                        layer.Digest,
                        layer.Size
                    )),
                ]
            ),
            ImageJson.Default.Manifest
        );
        Json(folder, "oci-layout", new OciDocuments.Version("1.0.0"), ImageJson.Default.Version);
        var named = manifest with
        {
            Annotations = new Dictionary<string, string>
            {
                ["io.containerd.image.name"] = $"{settings.Name}:{settings.Tag}",
                ["org.opencontainers.image.ref.name"] = settings.Tag,
            },
        };
        Json(
            folder,
            "index.json",
            new OciDocuments.Index(2, "application/vnd.oci.image.index.v1+json", [named]),
            ImageJson.Default.Index
        );
        Json(
            folder,
            "manifest.json",
            [
                new OciDocuments.Docker(
                    BlobPath(config.Digest),
                    [$"{settings.Name}:{settings.Tag}"],
                    [.. described.Select(layer => BlobPath(layer.Digest))]
                ),
            ],
            ImageJson.Default.DockerArray
        );
        Json(folder, LayersFile, described, ImageJson.Default.DescribedArray);
    }

    /// <summary>Where a layout has a blob.</summary>
    /// <param name="digest">"sha256:" and 64 digits.</param>
    public static string BlobPath(string digest) => $"blobs/{digest.Replace(':', '/')}";

    private static string LargestOf(ImageLayer layer) =>
        layer.Entries.Count(entry => entry.Original is not null) == 1
            ? layer.Entries.Single(entry => entry.Original is not null).Path
            : $"{layer.Entries.Count(entry => entry.Original is not null)} files";

    private static OciDocuments.Descriptor Blob<T>(string folder, string mediaType, T content, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(content, type);
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        File.WriteAllBytes(Path.Combine(folder, BlobPath(digest)), bytes);
        return new OciDocuments.Descriptor(mediaType, digest, bytes.Length);
    }

    private static void Json<T>(string folder, string name, T content, JsonTypeInfo<T> type) =>
        File.WriteAllBytes(Path.Combine(folder, name), JsonSerializer.SerializeToUtf8Bytes(content, type));
}
