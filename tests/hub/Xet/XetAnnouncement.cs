namespace NixAiModels.TestHub.Xet;

/// <summary>The hub's part of Xet: it says of a file that it can be had through Xet, and gives out tokens.</summary>
internal sealed class XetAnnouncement(XorbStore store, ReadTokens tokens, Func<string> cas)
{
    private const string FileInfo = "application/vnd.xet-fileinfo+json";

    public string HashOf(Repository repository, Entry entry) => store.HashOf(repository, entry);

    public Task GiveTokenAsync(Exchange exchange, Repository repository)
    {
        var (token, expires) = tokens.Give(repository.Key.ToString());
        return exchange.JsonAsync(
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    accessToken = token,
                    casUrl = cas(),
                    exp = expires,
                }
            )
        );
    }

    /// <summary>Sets the headers of a file; answers, and returns true, if the client wants no redirect to the
    /// CDN.</summary>
    public async Task<bool> AnsweredAsync(
        Exchange exchange,
        Repository repository,
        string commit,
        Entry file,
        string endpoint
    )
    {
        var headers = exchange.Response.Headers;
        var hash = store.HashOf(repository, file);
        var route = $"/api/{repository.Key.Type}/{repository.Key.Name}/xet-read-token/{commit}";
        headers["X-Xet-Hash"] = hash;
        headers["X-Xet-Refresh-Route"] = route;
        headers.Link =
            $"<{endpoint}{route}>; rel=\"xet-auth\", "
            + $"<{cas()}/v1/reconstructions/{hash}>; rel=\"xet-reconstruction-info\"";
        if (!exchange.Request.Headers.Accept.ToString().Contains(FileInfo, StringComparison.Ordinal))
            return false;
        await exchange.TextAsync(
            200,
            System.Text.Json.JsonSerializer.Serialize(new { hash, refreshUrl = endpoint + route }),
            FileInfo
        );
        return true;
    }
}
