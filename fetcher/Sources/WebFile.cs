using System.Net.Http.Headers;
using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Sources;

/// <summary>A file on a web server. A password of netrc's goes to that server alone, and the Hub's token goes nowhere:
/// redirects are followed without either.</summary>
internal sealed class WebFile : ISourceFile
{
    private readonly HubHttp _http;
    private readonly RemoteFile _file;
    private readonly Uri _url;
    private FileDescription? _expected;

    public WebFile(Uri url, HubOptions options)
    {
        var server = HubEndpoint.Parse($"{url.Scheme}://{url.Authority}", "the address");
        var password = HubToken.FindPassword(server, Log.Warning, options.Variables);
        _url = url;
        _http = new HubHttp(server, password, options with { MayBeMirror = false });
        _file = new RemoteFile(_http, (response, atServer) => WebError.Of(response, atServer ? password : null), url);
    }

    public string DisplayUrl => HubUrl.Display(_url);

    public async Task<HttpResponseMessage> GetAsync(RangeHeaderValue? range, CancellationToken cancellation)
    {
        var response = await _file.GetAsync(range, cancellation);
        if (_expected is not { } expected || WebHeaders.VersionOf(response) == expected.Version)
            return response;
        response.Dispose();
        throw new Failure(
            ExitCode.Integrity,
            $"the file changed on the server while it was downloaded: {DisplayUrl}",
            "run the same command again"
        );
    }

    public void Renew() => _file.Renew();

    public Task<FileDescription> DescribeAsync(CancellationToken cancellation) =>
        RangeProbe.DescribeAsync(this, cancellation);

    public void HoldTo(FileDescription description) => _expected = description;

    public void Dispose() => _http.Dispose();
}
