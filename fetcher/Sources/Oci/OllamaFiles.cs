using NixAiModels.Transfer;

namespace NixAiModels.Sources.Oci;

/// <summary>The blobs of a model of Ollama's as files with plain names.</summary>
/// <remarks><c>nixlib/ollamaFiles.nix</c> gives the same names. Media types: ollama, <c>server/create.go</c> and
/// <c>GetModel</c> in <c>server/images.go</c>.</remarks>
public static class OllamaFiles
{
    /// <summary>The name of the manifest's own file.</summary>
    public const string Manifest = "ollama-manifest.json";

    /// <summary>The name of the file of the manifest's <c>config</c>.</summary>
    public const string Config = "ollama-config.json";

    private const string Kinds = "application/vnd.ollama.image.";

    /// <summary>A blob and its name.</summary>
    /// <param name="Path">Its name in the model.</param>
    /// <param name="Sha256">What it hashes to.</param>
    /// <param name="Size">Its size in bytes.</param>
    public sealed record Entry(string Path, Sha256Digest Sha256, long Size);

    /// <summary>Names the blobs, in the manifest's order, the config at the end.</summary>
    /// <param name="name">The model, after which its GGUF files are named.</param>
    /// <param name="manifest">The manifest.</param>
    /// <exception cref="Failure">It has no model or several, or what no name is known for (exit code 6).</exception>
    public static IReadOnlyList<Entry> Of(OllamaName name, OciManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(manifest);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var files = manifest
            .Layers.Select(layer =>
            {
                var kind = KindOf(layer, name);
                var number = counts[kind] = counts.GetValueOrDefault(kind) + 1;
                return new Entry(PathOf(kind, name.FileStem, number), layer.Digest, layer.Size);
            })
            .Append(new Entry(Config, manifest.Config.Digest, manifest.Config.Size))
            .ToArray();
        return counts.GetValueOrDefault("model") == 1
            ? files
            : throw Invalid(name, $"{counts.GetValueOrDefault("model")} GGUF files, where a model has one");
    }

    private static string PathOf(string kind, string stem, int number)
    {
        var numbered = number == 1 ? "" : $"-{number}";
        return kind switch
        {
            "model" => $"{stem}.gguf",
            "projector" => $"mmproj-{stem}{numbered}.gguf",
            "adapter" => $"adapter{numbered}-{stem}.gguf",
            "params" or "messages" => $"{kind}{numbered}.json",
            _ => $"{kind}{numbered}",
        };
    }

    private static string KindOf(OciLayer layer, OllamaName name)
    {
        var kind = layer.MediaType.StartsWith(Kinds, StringComparison.Ordinal) ? layer.MediaType[Kinds.Length..] : "";
        return kind switch
        {
            "model" or "projector" or "adapter" or "params" or "messages" or "template" or "system" or "license" =>
                kind,
            "prompt" => "template",
            "tensor" or "json" => throw Invalid(name, "a model of single tensors (MLX), not a GGUF file"),
            _ => throw Invalid(name, $"a layer of an unknown type '{Printable.Escape(layer.MediaType, 100)}'"),
        };
    }

    private static Failure Invalid(OllamaName name, string why) =>
        new(ExitCode.Integrity, $"{name}: {why}", $"see {name.PageAddress}");
}
