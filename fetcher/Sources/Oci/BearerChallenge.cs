using NixAiModels.Hub;

namespace NixAiModels.Sources.Oci;

/// <summary>Where a registry sends clients for a token: <c>WWW-Authenticate: Bearer
/// realm="https://…",service="…",scope="…"</c> (distribution, <c>spec/auth/token.md</c>).</summary>
/// <param name="Realm">The server that gives out tokens.</param>
/// <param name="Service">The registry's name there.</param>
/// <param name="Scope">What the token is for.</param>
internal sealed record BearerChallenge(Uri Realm, string? Service, string? Scope)
{
    /// <summary>Reads the challenge of a response; <see langword="null"/> where there is none.</summary>
    /// <param name="response">A response with the status 401.</param>
    /// <param name="registry">The registry.</param>
    /// <exception cref="HubFailure">Its realm is not a server that may be asked.</exception>
    public static BearerChallenge? Of(HubResponse response, HubEndpoint registry)
    {
        var header = response.Message.Headers.WwwAuthenticate.FirstOrDefault(each =>
            each.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
        );
        if (header is null)
            return null;
        var given = Parameters(header.Parameter ?? "");
        var text = given.GetValueOrDefault("realm") ?? "";
        var realm = HubUrl.TryParse(text);
        // Whoever reads the token on its way could use it, too.
        var isSafe = realm is not null && (realm.Scheme == Uri.UriSchemeHttps || registry.IsOriginOf(realm));
        return isSafe
            ? new BearerChallenge(realm!, given.GetValueOrDefault("service"), given.GetValueOrDefault("scope"))
            : throw new HubFailure(
                HubFailureKind.InvalidRedirect,
                $"the registry sends for a token to a server that may not be asked, "
                    + $"'{Printable.Escape(text.Split('?')[0], 200)}': {response.DisplayUrl}",
                "check the registry and the proxy: only https, or the registry itself, gives out tokens"
            );
    }

    /// <summary>The request for a token.</summary>
    /// <param name="repository">The repository, in case the challenge names no scope.</param>
    public Uri Request(string repository)
    {
        var text = Realm.OriginalString.Split('#')[0];
        var scope = $"scope={Uri.EscapeDataString(Scope ?? $"repository:{repository}:pull")}";
        var query = Service is null ? scope : $"service={Uri.EscapeDataString(Service)}&{scope}";
        return HubUrl.Exact($"{text}{(text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}");
    }

    /// <summary><c>name="value"</c>, separated by commas; a value may have commas of its own.</summary>
    private static Dictionary<string, string> Parameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
                break;
            var name = text[at..equals].Trim(' ', ',', '\t');
            var isQuoted = equals + 1 < text.Length && text[equals + 1] == '"';
            var start = equals + (isQuoted ? 2 : 1);
            var end = start > text.Length ? -1 : text.IndexOf(isQuoted ? '"' : ',', start);
            end = end < 0 ? text.Length : end;
            parameters.TryAdd(name, text[Math.Min(start, end)..end].Trim());
            at = end + 1;
        }

        return parameters;
    }
}
