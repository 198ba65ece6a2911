using System.Text.RegularExpressions;

namespace NixAiModels.Sources.Oci;

/// <summary>The name of a model in a registry, as Ollama writes it (ollama, <c>types/model/name.go</c>).</summary>
/// <remarks><c>nixlib/ollamaName.nix</c> reads the same names.</remarks>
/// <param name="Scheme"><c>https</c>, or <c>http</c> for a registry of this machine.</param>
/// <param name="Host">The registry's host, and perhaps its port.</param>
/// <param name="Namespace">The user or organisation; <c>library</c> for Ollama's own models.</param>
/// <param name="Model">The model.</param>
/// <param name="Tag">The tag.</param>
public sealed partial record OllamaName(string Scheme, string Host, string Namespace, string Model, string Tag)
{
    private const string DefaultHost = "registry.ollama.ai";
    private const string DefaultNamespace = "library";
    private const string Prefix = "ollama:";

    /// <summary>Whether an argument names a model of Ollama's: <c>ollama:NAME</c>, <c>ollama://NAME</c>, or the address
    /// of a page of ollama.com.</summary>
    /// <param name="text">The argument.</param>
    public static bool Matches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Trim().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || Page().IsMatch(text.Trim());
    }

    /// <summary>Reads <c>MODEL[:TAG]</c>, <c>USER/MODEL[:TAG]</c> or <c>HOST/NAMESPACE/MODEL[:TAG]</c>, with or without
    /// <c>ollama:</c>, or the address of a page of ollama.com.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="Failure">It is not such a name (exit code 2).</exception>
    public static OllamaName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var name = text.Trim();
        if (Page().Match(name) is { Success: true } page)
        {
            name = page.Groups["name"].Value;
        }
        else if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            name = name[Prefix.Length..];
            name = name.StartsWith("//", StringComparison.Ordinal) ? name[2..] : name;
        }

        if (Name().Match(name) is not { Success: true } match)
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid name of a model of Ollama's: '{Printable.Escape(Redaction.InAddress(text))}'",
                "write ollama:llama3.2:1b, ollama:USER/MODEL:TAG, ollama:hf.co/ORG/NAME:Q4_K_M or "
                    + "ollama:REGISTRY/NAMESPACE/MODEL:TAG"
            );
        }

        var groups = match.Groups;
        string Of(string group, string absent) => groups[group].Success ? groups[group].Value : absent;
        var scheme = Of("scheme", "https");
        var host = Of("host", DefaultHost);
        if (scheme == "http" && !new Uri($"http://{host}").IsLoopback)
        {
            throw new Failure(
                ExitCode.Usage,
                $"a registry on another machine is reached by https only: http://{host}",
                $"write https://{host} or {host}"
            );
        }

        return new OllamaName(
            scheme,
            host,
            Of("namespace", DefaultNamespace),
            groups["model"].Value,
            Of("tag", "latest")
        );
    }

    /// <summary>The registry's URL.</summary>
    public string Endpoint => $"{Scheme}://{Host}";

    /// <summary>The repository in the registry: <c>NAMESPACE/MODEL</c>.</summary>
    public string Repository => $"{Namespace}/{Model}";

    /// <summary>After which the files are named that have no name of their own.</summary>
    public string FileStem => $"{Model}-{Tag}";

    /// <summary>The model's page, or its manifest where there is none.</summary>
    public string PageAddress =>
        Host == DefaultHost ? $"https://ollama.com/{Repository}/tags" : $"{Endpoint}/v2/{Repository}/tags/list";

    /// <summary>The shortest form that means it: <c>llama3.2:1b</c>.</summary>
    public override string ToString()
    {
        var model = $"{Model}:{Tag}";
        return Host != DefaultHost ? $"{(Scheme == "http" ? "http://" : "")}{Host}/{Namespace}/{model}"
            : Namespace != DefaultNamespace ? $"{Namespace}/{model}"
            : model;
    }

    [GeneratedRegex(
        @"\A((?:(?<scheme>https?)://)?(?<host>[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349})/(?=[^/]+/))?"
            + @"((?<namespace>[A-Za-z0-9_][A-Za-z0-9_-]{0,79})/)?"
            + @"(?<model>[A-Za-z0-9_][A-Za-z0-9_.-]{0,79})(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}))?\z",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Name();

    // A page of a model: also …/tags, and …/blobs/DIGEST.
    [GeneratedRegex(
        @"\A(https?://)?(www\.)?ollama\.com/(?<name>[^/?#]+/[^/?#]+|[^/?#]+)(/(tags|blobs)(/[^?#]*)?)?/?([?#].*)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase
    )]
    private static partial Regex Page();
}
