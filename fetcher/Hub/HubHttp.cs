using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;

namespace NixAiModels.Hub;

/// <summary>Sends every request: connections, proxies, certificates, retries, redirects, and to whom the token
/// goes.</summary>
internal sealed class HubHttp : IDisposable
{
    private const int MaxRedirects = 10;
    private static readonly ProductInfoHeaderValue UserAgent = new(
        "nix-ai-models",
        typeof(HubHttp).Assembly.GetName().Version?.ToString(3)
    );

    private readonly HubEndpoint _endpoint;
    private readonly HubOptions _options;
    private readonly EnvironmentProxy _proxy;
    private readonly CertificateTrust _trust;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Sets up the connection pool; nothing is sent yet.</summary>
    /// <exception cref="Failure">A proxy variable is invalid (exit code 2), or the certificates cannot be read (exit
    /// code 7).</exception>
    public HubHttp(HubEndpoint endpoint, HubToken? token, HubOptions options)
    {
        (_endpoint, Token, _options) = (endpoint, token, options);
        if (TokenScope.IsReadable(endpoint.Address) && token?.IsKeptFrom(endpoint) == false)
            options.Warn?.Invoke($"the {token} is sent to {endpoint} without encryption; use https");
        EnsureHomeVariable();
        _proxy = new EnvironmentProxy(options.Variables);
        _trust = CertificateTrust.Choose(options);
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // .NET would drop the token even on the same host
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = new SocketConnector(options.Budget, options.FirstContact).ConnectAsync,
            ConnectTimeout = options.Budget.ConnectTimeout,
            MaxConnectionsPerServer = options.Connections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // a CDN's addresses change
            Proxy = _proxy,
            SslOptions = _trust.TlsOptions(),
            UseCookies = false,
        };
        _invoker = new HttpMessageInvoker(
            new ResilienceHandler(RetryPipeline.Create(options.Budget, options.FirstContact, options.Warn))
            {
                InnerHandler = new BufferingHandler { InnerHandler = sockets },
            }
        );
    }

    /// <summary>What is sent to the endpoint and nowhere else; a server may have issued another one
    /// meanwhile.</summary>
    public HubToken? Token { get; set; }

    /// <summary>Sends a GET request, with retries, and follows redirects.</summary>
    /// <exception cref="HubFailure">There is no response, or a redirect that is not followed.</exception>
    public async Task<HubResponse> GetAsync(HubRequest request, CancellationToken cancellation)
    {
        var url = request.Url;
        var sendsToken = request is { SendsToken: true, OriginToken: null };
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            // A chain of redirects that has left the endpoint gets no token any more, even if it comes back.
            sendsToken &= _endpoint.IsOriginOf(url);
            var response = await SendAsync(request, url, sendsToken, cancellation);
            if (!IsRedirect(response.StatusCode) || request.OriginToken is not null)
                return new HubResponse(response, url, null);
            var target = RedirectTarget(url, response);
            // A hub that redirects to what is mapped to itself would go round in circles.
            var mapped = _options.MayBeMirror ? _endpoint.MapRedirect(target) : target;
            var next = mapped.OriginalString != url.OriginalString ? mapped : target;
            if (!request.AllowCrossOriginRedirect && !_endpoint.IsOriginOf(next))
                return new HubResponse(response, url, next);
            response.Dispose();
            url = next;
        }

        throw new HubFailure(
            HubFailureKind.InvalidRedirect,
            $"more than {MaxRedirects} redirects: {HubUrl.Display(request.Url)}",
            "check the endpoint and the proxy"
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HubRequest request,
        Uri url,
        bool sendsToken,
        CancellationToken cancellation
    )
    {
        var message = new HttpRequestMessage(HttpMethod.Get, url);
        message.Headers.UserAgent.Add(UserAgent);
        // Text would otherwise come gzip-encoded, without a length.
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        message.Headers.Range = request.Range;
        foreach (var type in request.Accept)
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        if (sendsToken)
            message.Headers.Authorization = Token?.HeaderFor(url);
        if (request.OriginToken is { } origin)
            message.Headers.Authorization = origin.HeaderFor(url);
        if (request.BufferBody)
            BufferingHandler.Enable(message);
        try
        {
            return await _invoker.SendAsync(message, cancellation);
        }
        catch (Exception exception) when (ConnectionError.Matches(exception) && !cancellation.IsCancellationRequested)
        {
            throw ConnectionError.ToFailure(exception, url, _proxy.GetProxy(url), _trust, _options.Variables);
        }
    }

    private static Uri RedirectTarget(Uri url, HttpResponseMessage response)
    {
        // The raw header: parsing changes the escapes, which are signed.
        var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : "";
        var next = location.Length == 0 ? null : HubUrl.ResolveReference(url, location);
        if (next is not null && !(url.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp))
            return next;
        response.Dispose();
        throw next is null
            ? new HubFailure(
                HubFailureKind.InvalidRedirect,
                $"redirect without a valid location: {HubUrl.Display(url)}",
                "check the endpoint and the proxy"
            )
            : new HubFailure(
                HubFailureKind.InvalidRedirect,
                $"redirect from https to http refused: {HubUrl.Display(url)} to {HubUrl.Display(next)}",
                "check the endpoint and the proxy: somebody may intercept the connection"
            );
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status
            is HttpStatusCode.MovedPermanently
                or HttpStatusCode.Found
                or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.PermanentRedirect;

    /// <summary>.NET looks for the user's own certificates, and fails where there is no home directory: in a build
    /// without a passwd entry.</summary>
    private static void EnsureHomeVariable()
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME")))
            return;
        // Child processes inherit it: use the real one where there is one.
        var home = Environment.GetFolderPath(
            Environment.SpecialFolder.UserProfile,
            Environment.SpecialFolderOption.DoNotVerify
        );
        Environment.SetEnvironmentVariable("HOME", home.Length > 0 ? home : "/");
    }
}
