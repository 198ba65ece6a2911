using System.Net;

namespace NixAiModels.Hub;

/// <summary>The proxies that the environment names, in the forms that curl accepts (curl's manual,
/// "Environment").</summary>
internal sealed class EnvironmentProxy : IWebProxy, ICredentials
{
    private readonly Uri? _http,
        _https;
    private readonly NoProxy _noProxy;
    private readonly Dictionary<string, NetworkCredential> _credentials = [];

    /// <summary>Reads the variables; the lower-case name wins over the upper-case one, as everywhere.</summary>
    /// <exception cref="Failure">A variable is not the URL of a proxy (exit code 2).</exception>
    public EnvironmentProxy(EnvironmentVariables variables)
    {
        var all = Read(variables, "all_proxy");
        _http = Read(variables, "http_proxy") ?? all;
        _https = Read(variables, "https_proxy") ?? all;
        _noProxy = new NoProxy(variables["no_proxy"] ?? variables["NO_PROXY"]);
    }

    /// <summary>The passwords come from the proxies' own URLs.</summary>
    public ICredentials? Credentials
    {
        get => this;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : ProxyFor(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => ProxyFor(host) is null || _noProxy.Covers(host);

    /// <inheritdoc/>
    public NetworkCredential? GetCredential(Uri uri, string authType) =>
        // Negotiate would be preferred to Basic, and needs libraries that a sandbox does not have.
        authType is "Negotiate" or "NTLM"
            ? null
            : _credentials.GetValueOrDefault(uri.Authority);

    private Uri? ProxyFor(Uri destination) => destination.Scheme == Uri.UriSchemeHttps ? _https : _http;

    private Uri? Read(EnvironmentVariables variables, string name)
    {
        var upper = name.ToUpperInvariant();
        if ((variables[name] ?? variables[upper])?.Trim() is not { Length: > 0 } text)
            return null;
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        // .NET leaves names to a SOCKS 5 proxy to resolve: what curl calls socks5h.
        if (
            whole.StartsWith("socks5h:", StringComparison.OrdinalIgnoreCase)
            || whole.StartsWith("socks:", StringComparison.OrdinalIgnoreCase)
        )
        {
            whole = string.Concat("socks5", whole.AsSpan(whole.IndexOf(':', StringComparison.Ordinal)));
        }

        // The password may hold '@' and '/' unescaped: the host begins after the last '@'.
        var start = whole.IndexOf("://", StringComparison.Ordinal) + 3;
        var at = whole.LastIndexOf('@');
        var user = at >= start ? whole[start..at] : null;
        if (user is not null)
            whole = whole[..start] + whole[(at + 1)..];
        if (
            !Uri.TryCreate(whole, UriKind.Absolute, out var proxy)
            || proxy.Host.Length == 0
            || proxy.Scheme is not ("http" or "https" or "socks4" or "socks4a" or "socks5")
        )
        {
            throw new Failure(
                ExitCode.Usage,
                $"invalid proxy URL: {name} (or {upper})",
                variables.Setting($"{name}=http://proxy.example:3128   # or socks5h://127.0.0.1:1080")
            );
        }

        var port =
            proxy.Port > 0 && !(proxy.IsDefaultPort && !HasPort(whole, start)) ? proxy.Port : DefaultPort(proxy.Scheme);
        var address = new UriBuilder(proxy.Scheme, proxy.Host, port).Uri;
        if (user is not null)
        {
            var colon = user.IndexOf(':', StringComparison.Ordinal);
            _credentials[address.Authority] =
                colon < 0
                    ? new NetworkCredential(Uri.UnescapeDataString(user), "")
                    : new NetworkCredential(
                        Uri.UnescapeDataString(user[..colon]),
                        Uri.UnescapeDataString(user[(colon + 1)..])
                    );
        }

        return address;
    }

    private static bool HasPort(string url, int start) =>
        url.AsSpan(start).TrimEnd('/').LastIndexOf(':') > url.AsSpan(start).LastIndexOf(']');

    // curl's: "port 1080 if no port is specified", 443 for https://.
    private static int DefaultPort(string scheme) => scheme == "https" ? 443 : 1080;
}
