using System.Net;
using System.Security.Authentication;
using Polly.Timeout;

namespace NixAiModels.Hub;

/// <summary>What went wrong before there was an answer.</summary>
internal static class ConnectionFault
{
    /// <summary>Whether an exception is one of the connection's.</summary>
    public static bool Is(Exception exception) =>
        exception
            is HttpRequestException
                or IOException
                or TimeoutRejectedException
                or OperationCanceledException { InnerException: TimeoutException };

    /// <summary>Whether trying again cannot help.</summary>
    public static bool IsFinal(Exception exception) =>
        !Is(exception)
        || exception is HttpRequestException http
            && http.HttpRequestError switch
            {
                HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.UserAuthenticationError => true,
                HttpRequestError.SecureConnectionError => http.InnerException is AuthenticationException,
                HttpRequestError.ProxyTunnelError => http.StatusCode
                    is >= HttpStatusCode.BadRequest
                        and < HttpStatusCode.InternalServerError,
                _ => false,
            };

    /// <summary>The kind of failure that it is if it stays.</summary>
    public static HubFailureKind KindOf(Exception exception) =>
        (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => HubFailureKind.NameResolution,
            HttpRequestError.SecureConnectionError when exception.InnerException is AuthenticationException =>
                HubFailureKind.Tls,
            HttpRequestError.ProxyTunnelError => HubFailureKind.Proxy,
            HttpRequestError.ConfigurationLimitExceeded => HubFailureKind.Server,
            _ => HubFailureKind.Connection,
        };

    /// <summary>Half a sentence for people.</summary>
    public static string Describe(Exception exception) =>
        exception switch
        {
            TimeoutRejectedException => "no answer came in time",
            OperationCanceledException => "no connection was made in time",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                "its name cannot be resolved",
            HttpRequestException { InnerException: { } inner }
                when !exception.Message.Contains(inner.Message, StringComparison.Ordinal) =>
                $"{Trim(exception.Message.Replace(", see inner exception", "", StringComparison.Ordinal))}: {Trim(inner.Message)}",
            _ => Trim(exception.Message),
        };

    /// <summary>The failure that an exception is when it is final.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="url">The URL that was asked.</param>
    /// <param name="proxy">The proxy on the way there, if any.</param>
    /// <param name="trust">Where the trusted certificates came from.</param>
    /// <param name="environment">Tells whether this is a build.</param>
    public static HubFailure FailureOf(
        Exception exception,
        Uri url,
        Uri? proxy,
        CertificateTrust trust,
        EnvironmentVariables environment
    )
    {
        var kind = KindOf(exception);
        var shown = HubUrl.Display(url);
        // A proxy's connection fails like any other; only the way there tells which it was.
        if (
            proxy is not null
            && (
                kind == HubFailureKind.Proxy
                || exception is HttpRequestException http
                    && http.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            )
        )
        {
            return new HubFailure(
                HubFailureKind.Proxy,
                $"the proxy {HubUrl.Display(proxy).TrimEnd('/')} does not get us to {shown}: {Describe(exception)}",
                "check http_proxy, https_proxy, all_proxy (user:password@ where the proxy asks for it) and no_proxy",
                exception
            );
        }

        return kind switch
        {
            HubFailureKind.NameResolution => new HubFailure(
                kind,
                $"the name {url.Host} cannot be resolved ({shown})",
                environment["NIX_BUILD_TOP"] is null
                    ? $"check the network: getent hosts {url.Host}"
                    : "in a sandbox only fixed-output derivations have network (a hash is needed); check `nix config show sandbox`, the machine's "
                        + $"DNS (getent hosts {url.Host}), or the proxy variables of whoever runs the build (on a multi-user Nix: nix-daemon)",
                exception
            ),
            HubFailureKind.Tls => new HubFailure(
                kind,
                $"no trusted connection to {url.Host}: {Describe(exception)} ({shown})",
                (
                    trust.File is { } file
                        ? $"the certificates of {file} are trusted"
                        : "the system's certificates are trusted"
                )
                    + "; to trust others: NIX_SSL_CERT_FILE=/path/to/bundle.crt (or SSL_CERT_FILE), a file of PEM certificates with the authority of your proxy or mirror in it",
                exception
            ),
            HubFailureKind.Server => new HubFailure(
                kind,
                $"the answer of {url.Host} is too large ({shown})",
                "check the endpoint",
                exception
            ),
            _ => new HubFailure(
                kind,
                $"the connection to {url.Host} failed: {Describe(exception)} ({shown})",
                "check the network and run the same command again",
                exception
            ),
        };
    }

    private static string Trim(string message) => message.Trim().TrimEnd('.');
}
