namespace NixAiModels.Hub;

/// <summary>Where a Hub is: scheme, host, port and perhaps a path prefix. No trailing slash.</summary>
public sealed record HubEndpoint
{
    private HubEndpoint(Uri address, string text) => (Address, Text) = (address, text);

    /// <summary>The Hub that everybody means: <c>https://huggingface.co</c>.</summary>
    public static HubEndpoint Default { get; } = Parse("https://huggingface.co", "the default");

    /// <summary>Its address.</summary>
    public Uri Address { get; }

    private string Text { get; }

    /// <summary>The endpoint that is meant: the given one, else <c>HF_ENDPOINT</c>, else the default.</summary>
    /// <param name="text">What an option or a definition says.</param>
    /// <param name="environment">The environment; that of the process if not given.</param>
    /// <exception cref="Failure">It is no URL of a hub (exit code 2).</exception>
    public static HubEndpoint Choose(string? text, EnvironmentVariables? environment = null)
    {
        if (!string.IsNullOrEmpty(text))
            return Parse(text);
        return (environment ?? EnvironmentVariables.OfProcess)["HF_ENDPOINT"] is { } variable
            ? Parse(variable, "HF_ENDPOINT")
            : Default;
    }

    /// <summary>Reads an endpoint.</summary>
    /// <param name="text">A URL with http or https; a trailing slash is dropped.</param>
    /// <param name="origin">Where the text came from, for the message, such as <c>HF_ENDPOINT</c>.</param>
    /// <exception cref="Failure">It is no such URL, or it has credentials or a query in it (exit code 2).</exception>
    public static HubEndpoint Parse(string text, string origin = "the endpoint")
    {
        ArgumentNullException.ThrowIfNull(text);
        if (
            !Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
            || address.Scheme is not ("https" or "http")
            || address.Host.Length == 0
        )
        {
            throw new Failure(ExitCode.Usage, $"{origin} is no URL of a hub", "write it like https://huggingface.co");
        }

        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new Failure(
                ExitCode.Usage,
                $"{origin} has a password, a query or a fragment in it: {HubUrl.Display(address)}",
                $"write the address alone ({HubUrl.Display(address)}); a token goes into HF_TOKEN or a file named by HF_TOKEN_PATH"
            );
        }

        var plain = HubUrl.Display(address).TrimEnd('/');
        return new HubEndpoint(HubUrl.Exact(plain), plain);
    }

    /// <summary>Whether a URL has the endpoint's scheme, host and port.</summary>
    /// <param name="url">The URL.</param>
    public bool IsOriginOf(Uri url) => HubUrl.SameOrigin(Address, url);

    /// <summary>The URL, without a trailing slash.</summary>
    public override string ToString() => Text;
}
