using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;

namespace NixAiModels.Hub;

/// <summary>The one place from which requests are sent: connections, proxies, certificates, retries, redirects, and who
/// gets the token.</summary>
internal sealed class HubHttp : IDisposable
{
    private const int MostRedirects = 10;
    private static readonly ProductInfoHeaderValue UserAgent = new(
        "nix-ai-models",
        typeof(HubHttp).Assembly.GetName().Version?.ToString(3)
    );

    private readonly HubEndpoint _endpoint;
    private readonly HubToken? _token;
    private readonly HubOptions _options;
    private readonly EnvironmentProxy _proxy;
    private readonly CertificateTrust _trust;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Makes the connections' pool; nothing is sent yet.</summary>
    /// <exception cref="Failure">A proxy variable or the file of certificates is of no use (exit codes 2 and
    /// 7).</exception>
    public HubHttp(HubEndpoint endpoint, HubToken? token, HubOptions options)
    {
        (_endpoint, _token, _options) = (endpoint, token, options);
        EnsureHome();
        _proxy = new EnvironmentProxy(options.Environment);
        _trust = CertificateTrust.Choose(options);
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // .NET's own following drops the token even on the same host
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.Budget.Connect,
            MaxConnectionsPerServer = options.Connections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // a CDN's addresses change
            Proxy = _proxy,
            SslOptions = _trust.TlsOptions(),
            UseCookies = false,
        };
        _invoker = new HttpMessageInvoker(
            new ResilienceHandler(RetryPipeline.Create(options.Budget, options.Notice))
            {
                InnerHandler = new BufferedPage { InnerHandler = sockets },
            }
        );
    }

    /// <summary>Sends a GET, again where that may help, and follows redirects.</summary>
    /// <exception cref="HubFailure">There is no answer, or it is a redirect that is not followed.</exception>
    public async Task<HubAnswer> GetAsync(HubRequest request, CancellationToken cancellation)
    {
        var url = request.Url;
        var home = true;
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            // Once it has left the endpoint a chain of redirects is somebody else's, even if it comes back.
            home &= _endpoint.IsOriginOf(url);
            var response = await SendAsync(request, url, home, cancellation);
            if (!IsRedirect(response.StatusCode))
                return new HubAnswer(response, url, null);
            var next = Next(url, response);
            if (request.SameOriginOnly && !_endpoint.IsOriginOf(next))
                return new HubAnswer(response, url, next);
            response.Dispose();
            url = next;
        }

        throw new HubFailure(
            HubFailureKind.Redirect,
            $"more than {MostRedirects} redirects, one after the other, from {HubUrl.Display(request.Url)}",
            "check the endpoint and the proxy"
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HubRequest request,
        Uri url,
        bool withToken,
        CancellationToken cancellation
    )
    {
        var message = new HttpRequestMessage(HttpMethod.Get, url);
        message.Headers.UserAgent.Add(UserAgent);
        // Text would come gzip-encoded, without a length.
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        message.Headers.Range = request.Range;
        if (withToken && _token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token.Value);
        if (request.Whole)
            BufferedPage.Mark(message);
        try
        {
            return await _invoker.SendAsync(message, cancellation);
        }
        catch (Exception exception) when (ConnectionFault.Is(exception) && !cancellation.IsCancellationRequested)
        {
            throw ConnectionFault.FailureOf(exception, url, _proxy.GetProxy(url), _trust, _options.Environment);
        }
    }

    private static Uri Next(Uri url, HttpResponseMessage response)
    {
        // The header as it was sent: a parsed one has other escapes than those that were signed.
        var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : "";
        var next = location.Length == 0 ? null : HubUrl.Follow(url, location);
        if (next is not null && !(url.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp))
            return next;
        response.Dispose();
        throw next is null
            ? new HubFailure(
                HubFailureKind.Redirect,
                $"a redirect to nowhere from {HubUrl.Display(url)}",
                "check the endpoint and the proxy"
            )
            : new HubFailure(
                HubFailureKind.Redirect,
                $"refused to follow a redirect from https to http: {HubUrl.Display(url)} leads to {HubUrl.Display(next)}",
                "check the endpoint and the proxy: somebody may be listening"
            );
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status
            is HttpStatusCode.MovedPermanently
                or HttpStatusCode.Found
                or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.PermanentRedirect;

    /// <summary>.NET looks for certificates of the user's and fails where the user has no home: a build without a
    /// passwd entry.</summary>
    private static void EnsureHome()
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME")))
            return;
        // Programs that we start see it too: theirs must be the real one where there is one.
        var home = Environment.GetFolderPath(
            Environment.SpecialFolder.UserProfile,
            Environment.SpecialFolderOption.DoNotVerify
        );
        Environment.SetEnvironmentVariable("HOME", home.Length > 0 ? home : "/");
    }
}
