using System.Text.Json.Serialization;
using NixAiModels.Sources;
using NixAiModels.Store;
using NixAiModels.Terminal;

namespace NixAiModels.Commands;

/// <summary>Pins of files of the web as <c>nix-prefetch-hf</c> prints them.</summary>
internal static class AddressOutput
{
    /// <summary>Asks the server and prints what it says of the file.</summary>
    public static async Task<int> DescribeAsync(AddressPrefetch prefetch, string format, CancellationToken cancellation)
    {
        var (path, description) = await prefetch.DescribeAsync(cancellation);
        Print(path, description, format);
        return (int)ExitCode.Done;
    }

    /// <summary>Downloads the file and prints its pin.</summary>
    /// <param name="prefetch">The download.</param>
    /// <param name="nix">The Nix whose store it goes to, if any.</param>
    /// <param name="root">Where to make a link that protects it from garbage collection, or
    /// <see langword="null"/>.</param>
    /// <param name="format"><c>nix</c>, <c>module</c>, <c>json</c> or <c>sri</c>.</param>
    /// <param name="cancellation">Ends the download.</param>
    public static async Task<int> PinAsync(
        AddressPrefetch prefetch,
        NixCommand? nix,
        string? root,
        string format,
        CancellationToken cancellation
    )
    {
        var pin = await prefetch.RunAsync(nix, cancellation);
        if (pin.StorePath is not null)
        {
            Log.Line($"in the store: {pin.StorePath}");
            if (root is not null)
                await nix!.AddRootAsync(pin.StorePath, root, cancellation);
        }

        Print(pin, format);
        return (int)ExitCode.Done;
    }

    private static void Print(AddressPin pin, string format)
    {
        if (pin.Address.HasCredential)
        {
            Log.Warning(
                "the address has a signature or a password, which the definition must not have: it is pinned without "
                    + "its query, and the build takes the file from the store"
            );
        }

        switch (format)
        {
            case "json":
                ResultJson.Print(AddressPinJson.Of(pin));
                break;
            case "sri":
                Console.Out.WriteLine(pin.Hash.Sri);
                break;
            case "module":
                Console.Out.WriteLine(ModuleEntry(pin));
                break;
            default:
                Console.Out.WriteLine(NixText.Call("source.url =", Source(pin)) + ";");
                Log.Line("for services.ai-models or programs.ai-models: the same command with --format module");
                break;
        }
    }

    private static void Print(string path, FileDescription description, string format)
    {
        if (format == "json")
        {
            ResultJson.Print(AddressJson.Of(path, description));
            return;
        }

        var size = description.Size is { } bytes ? Amounts.Size(bytes) : "unknown size";
        Console.Out.WriteLine($"{size.PadLeft(10)}  {Printable.Escape(path)}");
        Console.Out.WriteLine(
            description.ServesRanges
                ? "byte ranges are served: several connections, and an interrupted download can be resumed"
                : "no byte ranges: one connection, and an interrupted download starts over"
        );
        if (description.Sha256 is { } digest)
            Console.Out.WriteLine($"the server says: sha256 {digest}");
    }

    /// <summary>The entry of the modules' option <c>models</c>, to be pasted.</summary>
    private static string ModuleEntry(AddressPin pin)
    {
        var name = DerivationName.OfFile(Path.GetFileNameWithoutExtension(pin.Path));
        var source = NixText.Call("source.url =", Source(pin)).Replace("\n", "\n  ", StringComparison.Ordinal);
        return $"models.{NixText.AttributeName(name)} = {{\n  {source};\n}};";
    }

    private static List<(string Name, string Value)> Source(AddressPin pin)
    {
        var attributes = new List<(string, string)> { ("url", NixText.StringLiteral(pin.Address.Public)) };
        if (pin.Path != pin.Address.Name)
            attributes.Add(("name", NixText.StringLiteral(pin.Path)));
        attributes.Add(("hash", NixText.StringLiteral(pin.Hash.Sri)));
        return attributes;
    }
}

/// <summary>What <c>nix-prefetch-hf ADDRESS --format json</c> prints.</summary>
internal sealed record AddressPinJson(
    string Url,
    string Name,
    string Hash,
    long? Size,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Path
)
{
    public static AddressPinJson Of(AddressPin pin) =>
        new(pin.Address.Public, pin.Path, pin.Hash.Sri, pin.Size, pin.StorePath);
}

/// <summary>What <c>nix-prefetch-hf ADDRESS --dry-run --format json</c> prints.</summary>
internal sealed record AddressJson(
    string Name,
    long? Size,
    bool Ranges,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256
)
{
    public static AddressJson Of(string path, FileDescription description) =>
        new(path, description.Size, description.ServesRanges, description.Sha256?.Hex);
}
