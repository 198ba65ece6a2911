using System.Net;

namespace NixAiModels.Hub;

/// <summary>Where a token may go: the public hub and the endpoints that its owner has named, or one machine of
/// netrc. Data names none: not a lock entry, a pasted address, a model's <c>endpoint</c>, a derivation or a
/// redirect.</summary>
public sealed class TokenScope
{
    private readonly IReadOnlyList<HubEndpoint> _endpoints;
    private readonly string? _machine;
    private readonly Func<string, string> _allow;

    private TokenScope(IReadOnlyList<HubEndpoint> endpoints, string? machine, Func<string, string> allow) =>
        (_endpoints, _machine, _allow) = (endpoints, machine, allow);

    /// <summary>The public hub, the value of <c>HF_ENDPOINT</c>, and the endpoints of an option.</summary>
    /// <param name="named">The endpoints that whoever has the token named.</param>
    /// <param name="environment">The environment; that of the process if not given.</param>
    /// <param name="allow">What allows another endpoint; by default the command's own option.</param>
    /// <exception cref="Failure">One is not the URL of a hub (exit code 2).</exception>
    public static TokenScope Of(
        IEnumerable<string?> named,
        EnvironmentVariables? environment = null,
        Func<string, string>? allow = null
    )
    {
        var variables = environment ?? EnvironmentVariables.OfProcess;
        return new TokenScope(
            [
                HubEndpoint.Default,
                .. variables["HF_ENDPOINT"] is { } variable
                    ? [HubEndpoint.Parse(variable, "HF_ENDPOINT")]
                    : (HubEndpoint[])[],
                .. named.OfType<string>().Where(text => text.Length > 0).Select(text => HubEndpoint.Parse(text)),
            ],
            null,
            allow
                ?? (
                    variables.IsBuild
                        ? endpoint => variables.Setting($"HF_ENDPOINT={endpoint}")
                        : endpoint => $"--endpoint {endpoint}   # if the token is meant for that hub"
                )
        );
    }

    /// <summary>One machine of a netrc file.</summary>
    internal static TokenScope OfMachine(string host) =>
        new([], host, endpoint => $"machine {new Uri(endpoint).Host} password hf_...   # in the netrc file");

    /// <summary>Whether the token may be sent with a request.</summary>
    internal bool Includes(Uri url) =>
        _endpoints.Any(endpoint => endpoint.IsOriginOf(url))
        || (_machine is not null && url.Host.Equals(_machine, StringComparison.OrdinalIgnoreCase));

    /// <summary>A line that allows an endpoint.</summary>
    internal string Allowing(HubEndpoint endpoint) => _allow(endpoint.ToString());

    /// <summary>Whether a request to an endpoint can be read on its way.</summary>
    internal static bool IsReadable(Uri url) => url.Scheme == Uri.UriSchemeHttp && !IsLoopback(url);

    private static bool IsLoopback(Uri url) =>
        url.IsLoopback
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
