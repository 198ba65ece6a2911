using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace NixAiModels.TestHub;

/// <summary>A web server that knows nothing of the Hub: the files of the branch main of model repositories at plain
/// addresses (<c>--help</c>, "PLAIN ADDRESSES").</summary>
internal sealed class PlainOrigin(HubFolder folder, SignedLocations locations, Func<Uri> cdn)
{
    /// <summary>User name and password of the addresses below <c>/private/</c>.</summary>
    private const string Login = "user:secret";

    public async Task HandleAsync(Exchange exchange, string path, string query)
    {
        exchange.Record.On = "plain";
        var parameters = QueryHelpers.ParseQuery(query);
        var segments = path.Split('/').Skip(1).Select(Uri.UnescapeDataString).ToArray();
        var key = segments is [_, var owner, var name, _, ..] ? new RepositoryKey("models", $"{owner}/{name}") : null;
        var file = string.Join('/', segments.Skip(3));
        exchange.Record.Repo = key?.ToString();
        exchange.Record.File = file;
        var repository = key is null ? null : folder.Find(key);
        exchange.RepositoryFaults = repository?.Settings.Faults ?? [];
        if (await RequestFaults.AnsweredAsync(exchange, revoke: () => { }))
            return;
        if (segments is ["to"] && parameters.TryGetValue("url", out var url))
            await RedirectAsync(exchange, url.ToString());
        else if (repository?.At("main", file)?.Entry is not { DiskFile: not null } entry)
            await exchange.TextAsync(404, "not found\n");
        else if (segments[0] == "signed")
            await RedirectAsync(exchange, new Uri(cdn(), locations.Sign(repository, entry)).AbsoluteUri);
        else if (segments[0] == "private" && !IsLoggedIn(exchange))
            await exchange.TextAsync(401, "who are you?\n");
        else
            await ServeAsync(exchange, entry, parameters);
    }

    private static async Task ServeAsync(
        Exchange exchange,
        Entry entry,
        Dictionary<string, Microsoft.Extensions.Primitives.StringValues> parameters
    )
    {
        var headers = exchange.Response.Headers;
        headers.ETag = $"\"{entry.DiskFile!.LastWriteTimeUtc.Ticks:x}\"";
        if (parameters.TryGetValue("name", out var shown))
            headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(shown.ToString())}";
        if (parameters.TryGetValue("digest", out var digest))
            headers["Repr-Digest"] = $"sha-256=:{digest}:";
        await FileBody.ServeAsync(exchange, entry, "application/octet-stream", asText: false);
    }

    private static bool IsLoggedIn(Exchange exchange) =>
        exchange.Request.Headers.Authorization.ToString()
        == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Login))}";

    private static Task RedirectAsync(Exchange exchange, string location)
    {
        exchange.Response.Headers.Location = location;
        return exchange.TextAsync(302, "Found");
    }
}
