using System.Net;

namespace NixAiModels.Hub;

/// <summary>The Hub's answers that are no success, as failures with advice (huggingface_hub, <c>utils/_http.py</c>,
/// <c>hf_raise_for_status</c>).</summary>
internal static class ErrorResponse
{
    /// <summary>Makes the failure of an answer.</summary>
    /// <param name="answer">The answer, whose status is no success.</param>
    /// <param name="subject">What was asked for.</param>
    /// <param name="token">The token that was sent, if any.</param>
    public static HubFailure ToFailure(HubAnswer answer, HubSubject subject, HubToken? token)
    {
        var response = answer.Response;
        var url = HubUrl.Display(answer.Url);
        var code = Header(response, "X-Error-Code");
        var message = Header(response, "X-Error-Message");
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when code == "GatedRepo" => Gated(subject, token, url),
            HttpStatusCode.Unauthorized when token is null => NoToken(subject, url),
            HttpStatusCode.Unauthorized when code == "RepoNotFound" => NotThere(subject, token, url),
            HttpStatusCode.Unauthorized => new HubFailure(
                HubFailureKind.TokenRefused,
                $"the hub refuses the token from {token.Source}: it is wrong or expired ({url})",
                $"make a new one at {subject.Endpoint}/settings/tokens"
            ),
            HttpStatusCode.Forbidden
                when message.Contains("Access to this resource is disabled", StringComparison.OrdinalIgnoreCase) =>
                TakenDown(subject, message, url),
            HttpStatusCode.UnavailableForLegalReasons => TakenDown(subject, message, url),
            HttpStatusCode.Forbidden when code == "GatedRepo" => Gated(subject, token, url),
            HttpStatusCode.Forbidden when token is null => NoToken(subject, url),
            HttpStatusCode.Forbidden => new HubFailure(
                HubFailureKind.PermissionMissing,
                $"the token from {token.Source} lacks a permission for the {subject.Name}{Quote(message)} ({url})",
                $"edit it at {subject.Endpoint}/settings/tokens: a fine-grained token needs \"Read access to contents of all public gated repos you can access\""
            ),
            HttpStatusCode.NotFound when code == "RevisionNotFound" => RevisionNotFound(subject, url, null),
            HttpStatusCode.NotFound when code == "EntryNotFound" => new HubFailure(
                HubFailureKind.FileNotFound,
                $"the {subject.Name} has no {Printable.Escape(subject.File ?? "such entry")} at {Printable.Escape(subject.Revision ?? "that revision")} ({url})",
                $"see what it has: {subject.Page}/tree/{Uri.EscapeDataString(subject.Revision ?? "main")}"
            ),
            HttpStatusCode.NotFound => NotThere(subject, token, url),
            HttpStatusCode.ProxyAuthenticationRequired => new HubFailure(
                HubFailureKind.Proxy,
                $"the proxy asks for a user and a password on the way to {url}",
                "http_proxy=http://USER:PASSWORD@proxy.example:3128 (https_proxy likewise)"
            ),
            HttpStatusCode.RequestedRangeNotSatisfiable => new HubFailure(
                HubFailureKind.SizeChanged,
                $"{Printable.Escape(subject.File ?? "the file")} is shorter than listed ({url})",
                "run the same command again; if it stays, the hub's listing is wrong"
            ),
            HttpStatusCode.TooManyRequests => new HubFailure(
                HubFailureKind.RateLimited,
                $"the hub takes no more requests from here for now{Wait(response)} ({url})",
                token is null
                    ? "wait; with a token (HF_TOKEN) the limits are higher"
                    : "wait, and run the same command again"
            ),
            var status => new HubFailure(
                HubFailureKind.Server,
                $"the server answered {(int)status}{Quote(message)} ({url})",
                status >= HttpStatusCode.InternalServerError
                    ? "try again later; https://status.huggingface.co"
                    : "check the endpoint"
            ),
        };
    }

    /// <summary>The failure of a revision that is not there, with names like it.</summary>
    public static HubFailure RevisionNotFound(HubSubject subject, string url, IReadOnlyList<string>? names)
    {
        var near = names is null ? [] : NearNames.Of(subject.Revision ?? "", names);
        return new HubFailure(
            HubFailureKind.RevisionNotFound,
            $"the {subject.Name} has no revision {Printable.Escape(subject.Revision ?? "")}{(near.Count > 0 ? $"; did you mean {string.Join(" or ", near.Select(n => Printable.Escape(n)))}?" : "")} ({url})",
            names is { Count: > 0 }
                ? $"it has: {string.Join(", ", names.Take(12).Select(n => Printable.Escape(n)))}{(names.Count > 12 ? ", …" : "")}"
                : $"see its branches and tags: {subject.Page}/tree/main"
        );
    }

    private static HubFailure NoToken(HubSubject subject, string url) =>
        new(
            HubFailureKind.NoToken,
            $"the hub shows no {subject.Name} to one without a token: it does not exist, or it is private or gated ({url})",
            $"check the name at {subject.Page}; if it is private or gated: export HF_TOKEN=hf_...   # from {subject.Endpoint}/settings/tokens"
        );

    private static HubFailure Gated(HubSubject subject, HubToken? token, string url) =>
        token is null
            ? new HubFailure(
                HubFailureKind.NoToken,
                $"the {subject.Name} is gated, and no token was sent ({url})",
                $"accept its licence at {subject.Page}, then: export HF_TOKEN=hf_...   # from {subject.Endpoint}/settings/tokens"
            )
            : new HubFailure(
                HubFailureKind.LicenceNotAccepted,
                $"the {subject.Name} is gated, and the account of the token from {token.Source} has not accepted its licence or was not let in yet ({url})",
                $"accept it at {subject.Page} with that account, then run the same command again"
            );

    private static HubFailure NotThere(HubSubject subject, HubToken? token, string url) =>
        new(
            HubFailureKind.RepositoryNotFound,
            $"there is no {subject.Name}{(token is null ? "" : $" that the account of the token from {token.Source} may see")} ({url})",
            $"check the name and the type (model, dataset, space): {subject.Page}"
        );

    private static HubFailure TakenDown(HubSubject subject, string message, string url) =>
        new(
            HubFailureKind.TakenDown,
            $"the hub has closed the {subject.Name}{Quote(message)} ({url})",
            $"see {subject.Page}; files already in the store stay usable"
        );

    private static string Wait(HttpResponseMessage response) =>
        RetryAfter.Of(response) is { } pause ? $": it asks to wait {Math.Ceiling(pause.TotalSeconds)} s" : "";

    private static string Quote(string message) => message.Length == 0 ? "" : $": \"{Printable.Escape(message)}\"";

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString().Trim() : "";
}
