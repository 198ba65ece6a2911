using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NixAiModels.TestHub;
using NixAiModels.TestHub.Xet;

if (args.Contains("--help") || args.Length == 0)
{
    Console.Write(Help.Text);
    return args.Length == 0 ? 2 : 0;
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"test-hub: {e.Message}");
    return 2;
}

var certificate = options.CertificateAuthorityFile is { } file ? Certificates.Make(file) : null;
var plan = new FaultPlan(options.Faults);
var log = new RequestLog(options.RecordFile);
var locations = new SignedLocations(options.Expires);
var control = new ControlOrigin(plan, log);
var xorbs = new XorbStore(options.XorbSize);
var signedXorbs = new SignedXorbs(options.Expires);
var readTokens = new ReadTokens(options.XetTokenExpires);
var cdnOrigin = new CdnOrigin(locations);
var xorbFiles = new XorbFiles(xorbs, signedXorbs);
await using var cdn = Build(options.CdnPort);
var casOrigin = new CasOrigin(xorbs, readTokens, signedXorbs, () => new Uri(cdn.Urls.First()));
await using var cas = Build(options.CasPort);
await using var registry = Build(0);
var xet = options.Xet ? new XetAnnouncement(xorbs, readTokens, () => cas.Urls.First()) : null;
var folder = new HubFolder(options.Root);
var hubOrigin = new HubOrigin(options, folder, locations, () => new Uri(cdn.Urls.First()), xet);
var plainOrigin = new PlainOrigin(folder, locations, () => new Uri(cdn.Urls.First()));
await using var plain = Build(options.PlainPort);
var registryOrigin = new RegistryOrigin(
    folder,
    locations,
    new ReadTokens(options.RegistryTokenExpires),
    () => new Uri(cdn.Urls.First())
);
await using var hub = Build(options.Port);

cdn.Run(http =>
    ExchangedAsync(
        http,
        "cdn",
        (exchange, path, query) =>
            path.StartsWith(XorbFiles.Prefix, StringComparison.Ordinal)
                ? xorbFiles.HandleAsync(exchange, path, query)
                : cdnOrigin.HandleAsync(exchange, path, query)
    )
);
plain.Run(http => ExchangedAsync(http, "plain", plainOrigin.HandleAsync));
cas.Run(http => ExchangedAsync(http, "cas", (exchange, path, _) => casOrigin.HandleAsync(exchange, path)));
registry.Run(http =>
    ExchangedAsync(http, "registry", (exchange, path, _) => registryOrigin.HandleAsync(exchange, path))
);
hub.Run(async http =>
{
    var path = Target(http).Path;
    if (options.Prefix != "" && path.StartsWith(options.Prefix + "/", StringComparison.Ordinal))
        path = path[options.Prefix.Length..];
    else if (options.Prefix != "")
        path = "/outside-the-prefix";
    if (!await control.HandleAsync(http, path))
        await ExchangedAsync(http, "hub", (exchange, _, query) => hubOrigin.HandleAsync(exchange, path, query));
});
await cdn.StartAsync();
await plain.StartAsync();
if (options.Xet)
    await cas.StartAsync();
await registry.StartAsync();
await hub.StartAsync();
Console.WriteLine(
    JsonSerializer.Serialize(
        new
        {
            endpoint = hub.Urls.First() + options.Prefix,
            cdn = cdn.Urls.First(),
            plain = plain.Urls.First(),
            cas = cas.Urls.FirstOrDefault(),
            registry = registry.Urls.First(),
        }
    )
);

if (options.UntilStdinCloses)
{
    _ = Task.Run(() =>
    {
        while (Console.In.ReadLine() is not null)
            continue;
        Environment.Exit(0);
    });
}

await hub.WaitForShutdownAsync();
return 0;

WebApplication Build(int port)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
    builder
        .WebHost.UseKestrelHttpsConfiguration()
        .ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxResponseBufferSize = 1 << 20;
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                port,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (certificate is not null)
                        listen.UseHttps(certificate);
                }
            );
        });
    return builder.Build();
}

// The raw path and query: the server's decoding would lose %2F and %23.
(string Path, string Query) Target(HttpContext http)
{
    var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
    if (!target.StartsWith('/'))
        target = new Uri(target).PathAndQuery; // a request to a proxy
    var query = target.IndexOf('?', StringComparison.Ordinal);
    return query < 0 ? (target, "") : (target[..query], target[query..]);
}

async Task ExchangedAsync(HttpContext http, string origin, Func<Exchange, string, string, Task> handle)
{
    var (path, query) = Target(http);
    var authorization = http.Request.Headers.Authorization.ToString();
    var record = new RequestRecord
    {
        At = log.Now,
        Connection = http.Connection.Id,
        Method = http.Request.Method,
        Origin = origin,
        Path = origin == "cdn" ? path : path + query,
        Range = http.Request.Headers.Range.FirstOrDefault(),
        Authorization = authorization != "",
        Token = Exchange.BearerToken(authorization) is { Length: > 0 } token
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))[..8]
            : null,
        UserAgent = http.Request.Headers.UserAgent.FirstOrDefault(),
        AcceptEncoding = http.Request.Headers.AcceptEncoding.FirstOrDefault(),
    };
    log.Begin(record);
    try
    {
        await handle(new Exchange(http, record, plan), path, query);
    }
    catch (Exception e) when (e is OperationCanceledException or IOException)
    {
        // The client has disconnected.
    }
    catch (Exception e)
    {
        await Console.Error.WriteLineAsync($"test-hub: {record.Method} {record.Path}: {e}");
        throw;
    }
    finally
    {
        log.End(record);
    }
}
