using System.Security.Cryptography;
using System.Text.Json;
using NixAiModels.Transfer;

namespace NixAiModels.Sources.Oci;

/// <summary>A manifest of a registry, checked: of which blobs a model consists.</summary>
public sealed class OciManifest
{
    /// <summary>The media types that are asked for: Docker's, which Ollama's registry serves, and OCI's.</summary>
    public static readonly IReadOnlyList<string> MediaTypes =
    [
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
    ];

    /// <summary>The largest manifest that registries have to take (OCI distribution specification, "Pushing
    /// Manifests").</summary>
    public const int MaxBytes = 4 << 20;

    private const int MaxLayers = 256;
    private const long MaxSize = 10_000_000_000_000;
    private const string Algorithm = "sha256:";

    private OciManifest(byte[] bytes, OciLayer config, IReadOnlyList<OciLayer> layers)
    {
        (Bytes, Config, Layers) = (bytes, config, layers);
        Digest = Sha256Digest.Parse(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>The manifest as it is served, to the byte.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What the bytes hash to.</summary>
    public Sha256Digest Digest { get; }

    /// <summary>The blob that describes the model.</summary>
    public OciLayer Config { get; }

    /// <summary>The other blobs.</summary>
    public IReadOnlyList<OciLayer> Layers { get; }

    /// <summary>The bytes of all blobs, each counted once.</summary>
    public long Size => Layers.Append(Config).DistinctBy(layer => layer.Digest).Sum(layer => layer.Size);

    /// <summary>Reads a manifest.</summary>
    /// <param name="bytes">The manifest.</param>
    /// <param name="origin">Where it came from, for messages.</param>
    /// <exception cref="Failure">It is not the manifest of a model (exit code 6).</exception>
    public static OciManifest Parse(byte[] bytes, string origin)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length > MaxBytes)
            throw Invalid($"{bytes.Length} bytes, more than {MaxBytes >> 20} MiB", origin);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return Read(json.RootElement, bytes, origin);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Invalid(Printable.Escape(exception.Message), origin, exception);
        }
    }

    private static OciManifest Read(JsonElement root, byte[] bytes, string origin)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Invalid("not an object", origin);
        if (root.TryGetProperty("manifests", out _))
            throw Invalid("an index of images for several platforms; a model has one manifest", origin);
        if (Number(root, "schemaVersion") != 2)
            throw Invalid("schemaVersion is not 2", origin);
        if (!root.TryGetProperty("layers", out var list) || list.ValueKind != JsonValueKind.Array)
            throw Invalid("no list of layers", origin);
        if (list.GetArrayLength() is 0 or > MaxLayers)
            throw Invalid($"{list.GetArrayLength()} layers; a model has 1 to {MaxLayers}", origin);
        if (!root.TryGetProperty("config", out var config))
            throw Invalid("no config", origin);
        var layers = list.EnumerateArray().Select((layer, i) => Layer(layer, $"layers[{i}]", origin)).ToArray();
        var manifest = new OciManifest(bytes, Layer(config, "config", origin), layers);
        foreach (var same in layers.Append(manifest.Config).GroupBy(layer => layer.Digest))
        {
            if (same.Select(layer => layer.Size).Distinct().Count() > 1)
                throw Invalid($"two sizes of {Algorithm}{same.Key.Hex}", origin);
        }

        return layers.Sum(layer => layer.Size) <= MaxSize
            ? manifest
            : throw Invalid($"layers of more than {MaxSize / 1_000_000_000_000} TB", origin);
    }

    private static OciLayer Layer(JsonElement layer, string where, string origin)
    {
        string? Text(string name) => layer.TryGetProperty(name, out var value) ? value.GetString() : null;
        if (layer.ValueKind != JsonValueKind.Object)
            throw Invalid($"{where} is not an object", origin);
        var given = Text("digest");
        var digest =
            given?.StartsWith(Algorithm, StringComparison.Ordinal) == true
                ? Sha256Digest.TryParse(given[Algorithm.Length..])
                : null;
        if (digest is null)
            throw Invalid($"{where}: '{Printable.Escape(given ?? "", 100)}' is not a sha256 digest", origin);
        if (Number(layer, "size") is not { } size || size is < 0 or > MaxSize)
            throw Invalid($"{where}: invalid size", origin);
        return Text("mediaType") is { Length: > 0 } type
            ? new OciLayer(type, digest, size)
            : throw Invalid($"{where}: no mediaType", origin);
    }

    private static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : null;

    private static Failure Invalid(string why, string origin, Exception? cause = null) =>
        new(
            ExitCode.Integrity,
            $"invalid manifest of a model: {why}: {origin}",
            "check the name and the registry",
            cause
        );
}
