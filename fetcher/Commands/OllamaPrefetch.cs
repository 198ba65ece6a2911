using System.Text;
using NixAiModels.Hub;
using NixAiModels.Sources.Oci;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf ollama:llama3.2:1b</c>: prints the pin of a model of a registry. Its manifest names
/// every file with its sha256, so nothing else is downloaded.</summary>
internal static class OllamaPrefetch
{
    /// <summary>Pins the model.</summary>
    /// <param name="name">The model.</param>
    /// <param name="endpoint">A registry that is asked in place of the one in the name.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="Failure">The manifest is not accessible, or not that of a model.</exception>
    public static async Task<OllamaPin> PinAsync(OllamaName name, string? endpoint, CancellationToken cancellation)
    {
        var warnings = new Warnings();
        using var registry = new OciRegistry(
            HubEndpoint.Parse(endpoint ?? name.Endpoint, "the registry"),
            name.Repository,
            new HubOptions { Warn = warnings.Add }
        );
        var manifest = await registry.ManifestAsync(name, cancellation);
        var pin = new OllamaPin(name, endpoint, manifest, OllamaFiles.Of(name, manifest));
        Log.Line(
            $"{name}: {Amounts.Count(pin.Files.Count, "file")}, {Amounts.Size(manifest.Size)}, pinned by the manifest "
                + $"sha256:{manifest.Digest.Hex}"
        );
        return pin;
    }

    /// <summary>Prints a pin.</summary>
    /// <param name="pin">The pin.</param>
    /// <param name="format"><c>nix</c>, <c>module</c>, <c>json</c> or <c>sri</c>.</param>
    /// <param name="model">The model's name in the configuration; that of the registry if it is
    /// <see langword="null"/>.</param>
    public static void Print(OllamaPin pin, string format, string? model)
    {
        var source = ("source.ollama", NixText.Call("", Source(pin)).Replace("\n", "\n  ", StringComparison.Ordinal));
        var name = model ?? pin.Name.FileStem;
        switch (format)
        {
            case "json":
                ResultJson.Print(pin);
                break;
            case "sri":
                Console.Out.WriteLine(
                    $"sha256-{Convert.ToBase64String(Convert.FromHexString(pin.Manifest.Digest.Hex))}"
                );
                break;
            case "module":
                Console.Out.WriteLine(NixText.Call($"models.{NixText.AttributeName(name)} =", [source]) + ";");
                break;
            default:
                Console.Out.WriteLine(NixText.Call("fetchModel", [("name", NixText.StringLiteral(name)), source]));
                break;
        }
    }

    /// <summary>Prints the files with their sizes.</summary>
    /// <param name="pin">The pin.</param>
    public static void PrintTable(OllamaPin pin)
    {
        var output = Console.Out;
        output.WriteLine($"{pin.Name} at sha256:{pin.Manifest.Digest.Hex}");
        output.WriteLine();
        foreach (var file in pin.Files)
            output.WriteLine($"{Amounts.Size(file.Size).PadLeft(10)}  {file.Path}");
        output.WriteLine();
        output.WriteLine($"{Amounts.Count(pin.Files.Count, "file")}, {Amounts.Size(pin.Manifest.Size)}");
    }

    private static List<(string Name, string Value)> Source(OllamaPin pin)
    {
        List<(string, string)> attributes =
        [
            ("model", NixText.StringLiteral(pin.Name.ToString())),
            ("digest", NixText.StringLiteral($"sha256:{pin.Manifest.Digest.Hex}")),
            ("manifest", Indented(Encoding.UTF8.GetString(pin.Manifest.Bytes.Span))),
        ];
        if (pin.Endpoint is not null)
            attributes.Add(("endpoint", NixText.StringLiteral(pin.Endpoint)));
        return attributes;
    }

    /// <summary>A string of Nix between two quotes, in which most JSON needs no escapes.</summary>
    private static string Indented(string text) =>
        text.All(c => c is > ' ' and <= '~' and not '\'' and not '$') ? $"''{text}''" : NixText.StringLiteral(text);
}

/// <summary>A model of a registry, pinned.</summary>
/// <param name="Name">The model.</param>
/// <param name="Endpoint">A registry that is asked in place of the one in the name, if any.</param>
/// <param name="Manifest">The manifest.</param>
/// <param name="Files">Its blobs with their names.</param>
internal sealed record OllamaPin(
    OllamaName Name,
    string? Endpoint,
    OciManifest Manifest,
    IReadOnlyList<OllamaFiles.Entry> Files
);
