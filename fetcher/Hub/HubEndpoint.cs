namespace NixAiModels.Hub;

/// <summary>The address of a Hub: scheme, host, port and perhaps a path prefix, without a trailing slash.</summary>
public sealed record HubEndpoint
{
    private static readonly string[] ApiPaths =
    [
        "/api/models/",
        "/api/datasets/",
        "/api/spaces/",
        "/api/kernels/",
        "/api/resolve-cache/",
    ];

    private HubEndpoint(Uri address, string text) => (Address, Text) = (address, text);

    /// <summary>The public Hub: <c>https://huggingface.co</c>.</summary>
    public static HubEndpoint Default { get; } = Parse("https://huggingface.co");

    /// <summary>The URL.</summary>
    public Uri Address { get; }

    private string Text { get; }

    /// <summary>The given endpoint, else <c>HF_ENDPOINT</c>, else the default.</summary>
    /// <param name="text">The value of an option or of a definition's <c>endpoint</c>, if any.</param>
    /// <param name="environment">The environment; that of the process if not given.</param>
    /// <exception cref="Failure">It is not the URL of a hub (exit code 2).</exception>
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
    /// <exception cref="Failure">It is not such a URL, or has credentials, a query or a fragment (exit code
    /// 2).</exception>
    public static HubEndpoint Parse(string text, string origin = "the endpoint")
    {
        ArgumentNullException.ThrowIfNull(text);
        if (
            !Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
            || address.Scheme is not ("https" or "http")
            || address.Host.Length == 0
        )
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid URL of a hub: {origin}",
                "write it like https://huggingface.co"
            );
        }

        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new Failure(
                ExitCode.Usage,
                $"{origin} must not have a password, a query or a fragment: {HubUrl.Display(address)}",
                $"write {HubUrl.Display(address)}; put a token into HF_TOKEN or a file that HF_TOKEN_PATH names"
            );
        }

        var plain = HubUrl.Display(address).TrimEnd('/');
        return new HubEndpoint(HubUrl.Exact(plain), plain);
    }

    /// <summary>Whether a URL has the endpoint's scheme, host and port.</summary>
    /// <param name="url">The URL.</param>
    public bool IsOriginOf(Uri url) => HubUrl.SameOrigin(Address, url);

    /// <summary>Where a page of the API that a response links to is at this endpoint: a mirror may pass on the URLs of
    /// the hub that it mirrors, and one below a path may leave that out.</summary>
    /// <returns>A URL of this endpoint; <see langword="null"/> if it is not a URL of the API.</returns>
    internal Uri? MapPage(Uri link) => Contains(link) ? link : MapApi(link);

    /// <summary>Where a redirect leads, like <see cref="MapPage"/>; URLs of other hosts, such as a CDN, stay.</summary>
    internal Uri MapRedirect(Uri target)
    {
        if (Contains(target) || !(IsOriginOf(target) || Default.IsOriginOf(target)))
            return target;
        return MapApi(target)
            ?? (
                target.PathAndQuery.Split('?')[0].Contains("/resolve/", StringComparison.Ordinal)
                    ? HubUrl.Exact(Text + target.PathAndQuery)
                    : target
            );
    }

    /// <summary>The URL, without a trailing slash.</summary>
    public override string ToString() => Text;

    private Uri? MapApi(Uri url)
    {
        var path = url.PathAndQuery.Split('?')[0];
        foreach (var start in ApiPaths)
        {
            if (path.IndexOf(start, StringComparison.Ordinal) is >= 0 and var at)
                return HubUrl.Exact(Text + url.PathAndQuery[at..]);
        }

        return null;
    }

    private bool Contains(Uri url) =>
        IsOriginOf(url)
        && url.PathAndQuery.StartsWith(
            Text[Address.GetLeftPart(UriPartial.Authority).Length..] + "/",
            StringComparison.Ordinal
        );
}
