using System.Net;

namespace NixAiModels.Hub;

/// <summary>Turns the Hub's error responses into failures with advice (huggingface_hub, <c>utils/_http.py</c>,
/// <c>hf_raise_for_status</c>).</summary>
internal static class ErrorResponse
{
    /// <summary>Makes the failure.</summary>
    /// <param name="response">The response, whose status is not a success.</param>
    /// <param name="resource">What was requested.</param>
    /// <param name="token">The token that is at hand, if any; it may have been kept from this endpoint.</param>
    public static HubFailure ToFailure(HubResponse response, HubResource resource, HubToken? token)
    {
        if (token?.IsKeptFrom(resource.Endpoint) != true)
            return ToFailureAfter(response, resource, token);
        var refused = ToFailureAfter(response, resource, null);
        return refused.IsAboutAccess || refused.Kind == HubFailureKind.RepositoryNotFound
            ? new HubFailure(
                refused.Kind,
                $"{refused.Message}; the {token} was withheld: it is not meant for {resource.Endpoint}",
                token.Allowing(resource.Endpoint),
                refused
            )
            : refused;
    }

    private static HubFailure ToFailureAfter(HubResponse response, HubResource resource, HubToken? token)
    {
        var message = response.Message;
        var url = response.DisplayUrl;
        var code = Header(message, "X-Error-Code");
        var reason = Header(message, "X-Error-Message");
        return message.StatusCode switch
        {
            HttpStatusCode.UnavailableForLegalReasons => Disabled(resource, reason, url),
            HttpStatusCode.Forbidden
                when reason.Contains("Access to this resource is disabled", StringComparison.OrdinalIgnoreCase) =>
                Disabled(resource, reason, url),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when code == "GatedRepo" => Gated(
                resource,
                token,
                url
            ),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when token is null => TokenRequired(resource, url),
            HttpStatusCode.Unauthorized when code == "RepoNotFound" => NotFound(resource, token, url),
            HttpStatusCode.Unauthorized => new HubFailure(
                HubFailureKind.InvalidToken,
                $"the token from {token.Source} is invalid or expired: {url}",
                $"make a new one at {resource.Endpoint}/settings/tokens"
            ),
            HttpStatusCode.Forbidden => new HubFailure(
                HubFailureKind.InsufficientPermission,
                $"the token from {token.Source} lacks a permission for {resource.Name}{Quote(reason)}: {url}",
                $"edit it at {resource.Endpoint}/settings/tokens: a fine-grained token needs "
                    + "\"Read access to contents of all public gated repos you can access\""
            ),
            HttpStatusCode.NotFound when code == "RevisionNotFound" => RevisionNotFound(resource, url, null),
            HttpStatusCode.NotFound when code == "EntryNotFound" => FileNotFound(resource, url),
            HttpStatusCode.NotFound => NotFound(resource, token, url),
            HttpStatusCode.ProxyAuthenticationRequired => new HubFailure(
                HubFailureKind.Proxy,
                $"the proxy requires a user name and a password: {url}",
                EnvironmentVariables.OfProcess.Setting(
                    "http_proxy=http://USER:PASSWORD@proxy.example:3128   # https_proxy likewise"
                )
            ),
            HttpStatusCode.RequestedRangeNotSatisfiable => new HubFailure(
                HubFailureKind.RangeNotSatisfiable,
                $"{Printable.Escape(resource.FilePath ?? "the file")} is shorter than listed: {url}",
                "run the same command again; if it fails again, the hub's listing is wrong"
            ),
            HttpStatusCode.TooManyRequests => new HubFailure(
                HubFailureKind.RateLimited,
                $"rate limited by the hub{RequestedWait(message)}: {url}",
                token is null
                    ? "wait, or "
                        + EnvironmentVariables.OfProcess.Setting(
                            "HF_TOKEN=hf_...   # the limits are higher with a token"
                        )
                    : "wait, then run the same command again"
            ),
            var status => new HubFailure(
                HubFailureKind.ServerError,
                $"the server answered {(int)status}{Quote(reason)}: {url}",
                status >= HttpStatusCode.InternalServerError
                    ? "try again later; see https://status.huggingface.co"
                    : "check the endpoint"
            ),
        };
    }

    /// <summary>The failure of a missing revision, with similar names where the names are known.</summary>
    public static HubFailure RevisionNotFound(HubResource resource, string url, IReadOnlyList<string>? names)
    {
        var similar = names is null ? [] : SimilarNames.Find(resource.Revision ?? "", names);
        var hint = similar.Count > 0 ? $" (did you mean {string.Join(" or ", similar.Select(Escape))}?)" : "";
        return new HubFailure(
            HubFailureKind.RevisionNotFound,
            $"revision {Escape(resource.Revision ?? "")} was not found in {resource.Name}{hint}: {url}",
            names is { Count: > 0 }
                ? $"use one of {string.Join(", ", names.Take(12).Select(Escape))}{(names.Count > 12 ? ", …" : "")}"
                : $"see its branches and tags: {resource.Page}/tree/main"
        );
    }

    private static HubFailure FileNotFound(HubResource resource, string url) =>
        new(
            HubFailureKind.FileNotFound,
            $"{Escape(resource.FilePath ?? "the entry")} was not found in {resource.Name} "
                + $"at {Escape(resource.Revision ?? "that revision")}: {url}",
            $"see its files: {resource.Page}/tree/{Uri.EscapeDataString(resource.Revision ?? "main")}"
        );

    private static HubFailure TokenRequired(HubResource resource, string url) =>
        new(
            HubFailureKind.TokenRequired,
            $"{resource.Name} was not found; it may be private or gated (no token was sent): {url}",
            $"check the name at {resource.Page}; if it is private or gated: {ExportToken(resource)}"
        );

    private static HubFailure Gated(HubResource resource, HubToken? token, string url) =>
        token is null
            ? new HubFailure(
                HubFailureKind.TokenRequired,
                $"{resource.Name} is gated, and no token was sent: {url}",
                $"accept its licence at {resource.Page}, then: {ExportToken(resource)}"
            )
            : new HubFailure(
                HubFailureKind.LicenceNotAccepted,
                $"{resource.Name} is gated, and the account of the token from {token.Source} "
                    + $"has not accepted its licence or awaits approval: {url}",
                $"accept it at {resource.Page} with that account, then run the same command again"
            );

    private static HubFailure NotFound(HubResource resource, HubToken? token, string url) =>
        new(
            HubFailureKind.RepositoryNotFound,
            $"{resource.Name} was not found"
                + (token is null ? "" : $", or the token from {token.Source} has no access to it")
                + $": {url}",
            $"check the name and the type (model, dataset, space, kernel): {resource.Page}"
        );

    private static HubFailure Disabled(HubResource resource, string reason, string url) =>
        new(
            HubFailureKind.RepositoryDisabled,
            $"{resource.Name} was disabled by the hub{Quote(reason)}: {url}",
            $"see {resource.Page}; files already in the store stay usable"
        );

    private static string ExportToken(HubResource resource) =>
        EnvironmentVariables.OfProcess.Setting($"HF_TOKEN=hf_...   # from {resource.Endpoint}/settings/tokens");

    private static string RequestedWait(HttpResponseMessage message) =>
        RetryAfter.Of(message) is { } pause ? $", which asks to wait {Math.Ceiling(pause.TotalSeconds)} s" : "";

    private static string Quote(string reason) => reason.Length == 0 ? "" : $" (\"{Escape(reason)}\")";

    private static string Escape(string text) => Printable.Escape(text);

    private static string Header(HttpResponseMessage message, string name) =>
        message.Headers.NonValidated.TryGetValues(name, out var values) ? Redaction.Of(values.ToString().Trim()) : "";
}
