using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NixAiModels.Posix;

namespace NixAiModels.Cache;

/// <summary>A model directory of Ollama that is being made: a manifest for every model, and blobs, of which the large
/// ones are links.</summary>
/// <remarks>Format: ollama, <c>manifest/manifest.go</c>, <c>types/model/config.go</c>, and <c>GetModel</c> in
/// <c>server/images.go</c>.</remarks>
/// <param name="folder">The value of OLLAMA_MODELS; it is made.</param>
internal sealed class OllamaModels(string folder)
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private const string ConfigType = "application/vnd.docker.container.image.v1+json";

    /// <summary>A part of a model.</summary>
    /// <param name="MediaType">What it is.</param>
    /// <param name="Digest">"sha256:" and 64 digits.</param>
    /// <param name="Size">Its size in bytes.</param>
    internal sealed record Layer(string MediaType, string Digest, long Size);

    /// <summary>The parts of a model.</summary>
    internal sealed record Manifest(int SchemaVersion, string MediaType, Layer Config, IReadOnlyList<Layer> Layers);

    /// <summary>What Ollama shows of a model.</summary>
    internal sealed record Config(
        [property: JsonPropertyName("model_format")] string Format,
        [property: JsonPropertyName("model_family")] string Family,
        [property: JsonPropertyName("model_families")] IReadOnlyList<string> Families,
        [property: JsonPropertyName("model_type")] string Size,
        [property: JsonPropertyName("file_type")] string Quantization,
        [property: JsonPropertyName("architecture")] string Architecture,
        [property: JsonPropertyName("os")] string System
    );

    /// <summary>Adds a model.</summary>
    /// <param name="name">Its manifest's path, such as "registry.ollama.ai/library/gemma3/4b".</param>
    /// <param name="family">The architecture that its file names.</param>
    /// <param name="size">The number of parameters that its file names.</param>
    /// <param name="layers">Its parts: <see cref="Link"/> and <see cref="Write(string, string)"/>.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    internal void Add(string name, string family, string size, IReadOnlyList<Layer> layers)
    {
        var config = new Config("gguf", family, [family], size, "", "amd64", "linux");
        var manifest = new Manifest(
            2,
            ManifestType,
            Write(ConfigType, JsonSerializer.Serialize(config, OllamaJson.Default.Config)),
            layers
        );
        var path = Path.Combine(folder, "manifests", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(manifest, OllamaJson.Default.Manifest));
    }

    /// <summary>Adds a model of a registry with its own manifest, all of links.</summary>
    /// <param name="name">Its manifest's path; see <see cref="Add"/>.</param>
    /// <param name="manifest">The file that has the manifest.</param>
    /// <param name="blobs">The sha256 of each blob, and the file that has it.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    internal void AddLinks(string name, string manifest, IEnumerable<(string Sha256, string File)> blobs)
    {
        LinkFolder.Add(folder, $"manifests/{name}", manifest);
        foreach (var (sha256, file) in blobs)
        {
            var blob = $"blobs/sha256-{sha256}";
            if (!Path.Exists(Path.Combine(folder, blob)))
                LinkFolder.Add(folder, blob, file);
        }
    }

    /// <summary>A part that is a link to a file in the store.</summary>
    /// <param name="kind">Its kind, such as "model".</param>
    /// <param name="file">The file.</param>
    /// <param name="sha256">The file's sha256; <see langword="null"/> computes it.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    internal Layer Link(string kind, string file, string? sha256)
    {
        using var content = File.OpenRead(file);
        sha256 ??= Convert.ToHexStringLower(SHA256.HashData(content));
        var blob = $"blobs/sha256-{sha256}";
        if (!Path.Exists(Path.Combine(folder, blob)))
            LinkFolder.Add(folder, blob, file);
        return new Layer(TypeOf(kind), $"sha256:{sha256}", content.Length);
    }

    /// <summary>A part that is text.</summary>
    /// <param name="kind">Its kind: "template", "system", "params", or a media type.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="IOException">The file system refused.</exception>
    internal Layer Write(string kind, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs")).FullName;
        File.WriteAllBytes(Path.Combine(blobs, $"sha256-{sha256}"), bytes);
        return new Layer(TypeOf(kind), $"sha256:{sha256}", bytes.Length);
    }

    private static string TypeOf(string kind) =>
        kind.Contains('/', StringComparison.Ordinal) ? kind : $"application/vnd.ollama.image.{kind}";
}

/// <summary>The JSON of <see cref="OllamaModels"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OllamaModels.Manifest))]
[JsonSerializable(typeof(OllamaModels.Config))]
internal sealed partial class OllamaJson : JsonSerializerContext;
