using System.Text.Json.Serialization;

namespace NixAiModels.Images;

/// <summary>The documents of an image: OCI image-spec, and Docker's list of what an archive has.</summary>
internal static class OciDocuments
{
    internal sealed record Descriptor(
        string MediaType,
        string Digest,
        long Size,
        IReadOnlyDictionary<string, string>? Annotations = null
    );

    internal sealed record Manifest(
        int SchemaVersion,
        string MediaType,
        Descriptor Config,
        IReadOnlyList<Descriptor> Layers
    );

    internal sealed record Index(int SchemaVersion, string MediaType, IReadOnlyList<Descriptor> Manifests);

    internal sealed record Version([property: JsonPropertyName("imageLayoutVersion")] string Number);

    internal sealed record Config(
        string Created,
        string Architecture,
        [property: JsonPropertyName("os")] string System,
        [property: JsonPropertyName("config")] Run Run,
        [property: JsonPropertyName("rootfs")] RootFs Root,
        IReadOnlyList<History> History
    );

    internal sealed record Run([property: JsonPropertyName("Env")] IReadOnlyList<string> Environment);

    internal sealed record RootFs(string Type, [property: JsonPropertyName("diff_ids")] IReadOnlyList<string> Layers);

    internal sealed record History(
        string Created,
        [property: JsonPropertyName("created_by")] string By,
        string Comment
    );

    internal sealed record Docker(
        [property: JsonPropertyName("Config")] string Config,
        [property: JsonPropertyName("RepoTags")] IReadOnlyList<string> Names,
        [property: JsonPropertyName("Layers")] IReadOnlyList<string> Layers
    );
}

/// <summary>The JSON of <see cref="OciDocuments"/> and of an image's layers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(OciDocuments.Config))]
[JsonSerializable(typeof(OciDocuments.Manifest))]
[JsonSerializable(typeof(OciDocuments.Index))]
[JsonSerializable(typeof(OciDocuments.Version))]
[JsonSerializable(typeof(OciDocuments.Docker[]))]
[JsonSerializable(typeof(ImageLayout.Described[]))]
internal sealed partial class ImageJson : JsonSerializerContext;
