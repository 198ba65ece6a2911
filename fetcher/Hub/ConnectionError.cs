using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Polly.Timeout;

namespace NixAiModels.Hub;

/// <summary>Errors before there is a response.</summary>
internal static class ConnectionError
{
    /// <summary>Whether an exception is such an error.</summary>
    public static bool Matches(Exception exception) =>
        exception
            is HttpRequestException
                or IOException
                or TimeoutRejectedException
                or OperationCanceledException { InnerException: TimeoutException };

    /// <summary>Whether a retry cannot help.</summary>
    public static bool IsPermanent(Exception exception) =>
        !Matches(exception)
        || exception is HttpRequestException http
            && http.HttpRequestError switch
            {
                HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.UserAuthenticationError => true,
                HttpRequestError.SecureConnectionError => http.InnerException is AuthenticationException,
                HttpRequestError.ProxyTunnelError => http.StatusCode
                    is >= HttpStatusCode.BadRequest
                        and < HttpStatusCode.InternalServerError
                    || IsAboutCredentials(http),
                _ => false,
            };

    /// <summary>The kind of failure that it becomes if it persists.</summary>
    public static HubFailureKind KindOf(Exception exception) =>
        (exception as HttpRequestException)?.HttpRequestError switch
        {
            null when exception is UnreadableAnswerException => HubFailureKind.UnreadableAnswer,
            HttpRequestError.NameResolutionError => HubFailureKind.NameResolution,
            HttpRequestError.ConnectionError when NamesFailed(exception) => HubFailureKind.NameResolution,
            HttpRequestError.SecureConnectionError when exception.InnerException is AuthenticationException =>
                HubFailureKind.Tls,
            HttpRequestError.ProxyTunnelError => HubFailureKind.Proxy,
            HttpRequestError.ConfigurationLimitExceeded => HubFailureKind.ServerError,
            _ => HubFailureKind.Connection,
        };

    /// <summary>A phrase for people, such as "no response in time".</summary>
    public static string Describe(Exception exception) =>
        exception switch
        {
            TimeoutRejectedException => "no response in time",
            OperationCanceledException => "no connection in time",
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.TryAgain } } =>
                "the name servers do not answer",
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut } } =>
                "no connection in time",
            HttpRequestException when KindOf(exception) == HubFailureKind.NameResolution =>
                "the host name cannot be resolved",
            HttpRequestException when IsAboutCredentials(exception) => "it refuses the user name or the password",
            HttpRequestException when SpeaksPlainText(exception) => "it does not speak TLS",
            HttpRequestException { InnerException: { } inner }
                when !exception.Message.Contains(inner.Message, StringComparison.Ordinal) =>
                $"{Phrase(exception)}: {Phrase(inner)}",
            _ => Phrase(exception),
        };

    /// <summary>The failure that an exception becomes when no retry is left.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="url">The URL that was requested.</param>
    /// <param name="proxy">The proxy on the way there, if any.</param>
    /// <param name="trust">The trusted certificates.</param>
    /// <param name="variables">The environment: tells whether this is a build.</param>
    public static HubFailure ToFailure(
        Exception exception,
        Uri url,
        Uri? proxy,
        CertificateTrust trust,
        EnvironmentVariables variables
    )
    {
        var kind = KindOf(exception);
        var reason = Describe(exception);
        var shown = HubUrl.Display(url);
        // A connection to a proxy fails like any other: only the proxy's presence tells which of the two it was.
        if (
            proxy is not null
            && (
                kind == HubFailureKind.Proxy
                || exception is HttpRequestException http
                    && http.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                || (proxy.Scheme == Uri.UriSchemeHttps && SpeaksPlainText(exception))
            )
        )
        {
            return new HubFailure(
                HubFailureKind.Proxy,
                $"the proxy {HubUrl.Display(proxy).TrimEnd('/')} failed ({reason}): {shown}",
                SpeaksPlainText(exception)
                    ? variables.Setting($"{url.Scheme}_proxy=http://{proxy.Authority}")
                    : "check http_proxy, https_proxy, all_proxy (user:password@ where the proxy requires it) and "
                        + "no_proxy"
                        + (variables.IsBuild ? " of whoever runs the build (on a multi-user Nix: nix-daemon)" : ""),
                exception
            );
        }

        return kind switch
        {
            HubFailureKind.NameResolution => new HubFailure(
                kind,
                $"the host name {url.Host} cannot be resolved"
                    + (reason.StartsWith("the name servers", StringComparison.Ordinal) ? $" ({reason})" : "")
                    + $": {shown}",
                !variables.IsBuild
                    ? $"check the network: getent hosts {url.Host}"
                    : "only fixed-output derivations have network access in the sandbox (set a hash); check\n"
                        + $"nix config show sandbox, getent hosts {url.Host},\n"
                        + "and the proxy variables of whoever runs the build (on a multi-user Nix: nix-daemon)",
                exception
            ),
            HubFailureKind.Tls when SpeaksPlainText(exception) => new HubFailure(
                kind,
                $"port {url.Port} of {url.Host} does not speak TLS: {shown}",
                $"check the address; without TLS it would be http://{url.Authority}",
                exception
            ),
            HubFailureKind.Tls => new HubFailure(
                kind,
                $"no trusted connection to {url.Host} ({reason}): {shown}",
                $"add the authority of your proxy or mirror to {trust.BundleFile ?? "the system's certificates"},\n"
                    + "or trust another bundle instead:\n"
                    + variables.Setting("NIX_SSL_CERT_FILE=/path/to/bundle.pem"),
                exception
            ),
            HubFailureKind.ServerError => new HubFailure(
                kind,
                $"the response of {url.Host} is too large: {shown}",
                "check the endpoint",
                exception
            ),
            HubFailureKind.UnreadableAnswer => new HubFailure(
                kind,
                $"{url.Host} {reason}: {shown}",
                "a captive portal or a proxy may answer in its place: open the page in a browser, "
                    + "then run the same command again",
                exception
            ),
            _ => new HubFailure(
                kind,
                $"the connection to {url.Host} failed ({reason}): {shown}",
                "check the network, then run the same command again",
                exception
            ),
        };
    }

    private static bool NamesFailed(Exception exception) =>
        (exception.InnerException as SocketException)?.SocketErrorCode
            is SocketError.TryAgain
                or SocketError.HostNotFound
                or SocketError.NoData
                or SocketError.NoRecovery;

    // .NET has no codes for the following; its messages are not translated.
    private static bool IsAboutCredentials(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError, StatusCode: null }
        && Mentions(exception, "authent");

    private static bool SpeaksPlainText(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
        && (Mentions(exception, "frame size") || Mentions(exception, "wrong version number"));

    private static bool Mentions(Exception? exception, string words)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string Phrase(Exception exception) =>
        exception.Message.Replace(", see inner exception", "", StringComparison.Ordinal).Trim().TrimEnd('.');
}
