using System.Net;
using NixAiModels.Hub;

namespace NixAiModels.Sources;

/// <summary>Turns the error responses of web servers into failures with advice.</summary>
internal static class WebError
{
    /// <summary>Makes the failure.</summary>
    /// <param name="response">The response, whose status is not a success.</param>
    /// <param name="password">What was sent with the request, if anything.</param>
    public static HubFailure Of(HubResponse response, HubToken? password)
    {
        var url = response.DisplayUrl;
        return response.Message.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new HubFailure(
                HubFailureKind.FileNotFound,
                $"not found: {url}",
                "check the address in a browser"
            ),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when password is null => new HubFailure(
                HubFailureKind.TokenRequired,
                $"the server refuses ({(int)response.Message.StatusCode}) without a password: {url}",
                $"machine {response.Url.Host} login USER password PASSWORD   # in the netrc file that NETRC names; "
                    + "a signed address may have expired"
            ),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new HubFailure(
                HubFailureKind.InsufficientPermission,
                $"the server refuses ({(int)response.Message.StatusCode}) the {password}: {url}",
                "check the entry"
            ),
            HttpStatusCode.ProxyAuthenticationRequired => new HubFailure(
                HubFailureKind.Proxy,
                $"the proxy requires a user name and a password: {url}",
                EnvironmentVariables.OfProcess.Setting(
                    "http_proxy=http://USER:PASSWORD@proxy.example:3128   # https_proxy likewise"
                )
            ),
            HttpStatusCode.RequestedRangeNotSatisfiable => new HubFailure(
                HubFailureKind.RangeNotSatisfiable,
                $"the file is shorter than it was: {url}",
                "run the same command again"
            ),
            HttpStatusCode.TooManyRequests => new HubFailure(
                HubFailureKind.RateLimited,
                $"rate limited by the server: {url}",
                "wait, then run the same command again"
            ),
            var status => new HubFailure(
                HubFailureKind.ServerError,
                $"the server answered {(int)status}: {url}",
                "try again later"
            ),
        };
    }
}
