using System.CommandLine;
using System.Text;
using NixAiModels.Sources.Oci;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary>Pins of models of a registry as <c>nix-prefetch-hf ollama:llama3.2:1b</c> prints them.</summary>
internal static class OllamaOutput
{
    /// <summary>Options that choose among the files of a repository, or a way to them.</summary>
    public static readonly Option[] OfRepositories =
    [
        RepositoryOptions.Rev,
        RepositoryOptions.RepoType,
        RepositoryOptions.Include,
        RepositoryOptions.Exclude,
        RepositoryOptions.Files,
        RepositoryOptions.Mmproj,
        RepositoryOptions.Strict,
        HubAccess.From,
        HubAccess.Transport,
    ];

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
        output.WriteLine($"{pin.Name} at {pin.Digest}");
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
            ("digest", NixText.StringLiteral(pin.Digest)),
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
