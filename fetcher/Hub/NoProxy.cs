using System.Net;

namespace NixAiModels.Hub;

/// <summary>A <c>no_proxy</c> list: hosts, their subdomains, <c>*</c> wildcards, ports, IP addresses and CIDR blocks,
/// separated by commas or spaces.</summary>
internal sealed class NoProxy(string? list)
{
    private readonly string[] _entries = (list ?? "").Split(
        [',', ' ', '\t', '\n'],
        StringSplitOptions.RemoveEmptyEntries
    );

    /// <summary>Whether the list exempts a URL's host from the proxy.</summary>
    public bool Covers(Uri url)
    {
        var host = url.IdnHost.TrimEnd('.');
        var address = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        return _entries.Any(entry => Matches(entry, url.Port, host, address));
    }

    private static bool Matches(string entry, int port, string host, IPAddress? address)
    {
        if (entry == "*")
            return true;
        if (entry.Contains('/', StringComparison.Ordinal))
        {
            return address is not null && IPNetwork.TryParse(entry, out var network) && network.Contains(address);
        }

        var name = WithoutPort(entry, out var onlyPort);
        if (onlyPort is not null && onlyPort != port)
            return false;
        if (IPAddress.TryParse(name, out var exact))
            return exact.Equals(address);
        // "example.org", ".example.org" and "*.example.org" all mean the host and its subdomains, as for curl and, with
        // small differences, Go and wget.
        name = name.TrimStart('*').Trim('.');
        return name.Length > 0
            && (
                host.Equals(name, StringComparison.OrdinalIgnoreCase)
                || (address is null && host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))
            );
    }

    private static string WithoutPort(string entry, out int? port)
    {
        port = null;
        var bracket = entry.LastIndexOf(']');
        var colon = entry.LastIndexOf(':');
        // An IPv6 address without brackets has several colons and no port.
        if (
            colon > bracket
            && (bracket >= 0 || entry.IndexOf(':', StringComparison.Ordinal) == colon)
            && int.TryParse(entry[(colon + 1)..], out var number)
        )
        {
            port = number;
            entry = entry[..colon];
        }

        return entry.Trim('[', ']');
    }
}
