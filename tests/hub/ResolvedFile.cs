using NixAiModels.TestHub.Xet;

namespace NixAiModels.TestHub;

/// <summary>Answers a request for a file: its bytes, or a redirect to the CDN, with the headers that describe
/// it.</summary>
internal sealed class ResolvedFile(
    Exchange exchange,
    Repository repository,
    string commit,
    Options options,
    SignedLocations locations,
    Uri cdn,
    XetAnnouncement? xet
)
{
    private static readonly HashSet<string> Binary = new(StringComparer.OrdinalIgnoreCase)
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".wasm",
        ".mp3",
        ".wav",
    };

    public async Task ServeAsync(Entry? entry, HubAddress address, string endpoint)
    {
        var headers = exchange.Response.Headers;
        headers["X-Repo-Commit"] = commit;
        if (entry?.DiskFile is null)
        {
            await exchange.ErrorAsync(404, "EntryNotFound", "Entry not found");
            return;
        }

        var tag = (options.WeakEtags ? "W/" : "") + $"\"{entry.Sha256 ?? entry.Oid}\"";
        headers.ETag = tag;
        headers.ContentDisposition = $"inline; filename*=UTF-8''{Uri.EscapeDataString(entry.Path.Split('/')[^1])}";
        if (address.On == "raw" && entry.Sha256 is not null)
        {
            await FileBody.ServePointerAsync(exchange, entry);
        }
        else if (entry.Sha256 is not null)
        {
            await ToCdnAsync(entry, tag);
        }
        else if (address.On == "resolve" && options.ResolveCache)
        {
            await ToCacheAsync(entry, tag);
        }
        else
        {
            await FileBody.ServeAsync(
                exchange,
                entry,
                IsBinary(entry) ? "application/octet-stream" : "text/plain; charset=utf-8",
                asText: !IsBinary(entry)
            );
        }

        async Task ToCdnAsync(Entry file, string etag)
        {
            headers["X-Linked-Size"] = $"{file.Size}";
            headers["X-Linked-Etag"] = etag;
            headers.AcceptRanges = "bytes";
            if (xet is not null && await xet.AnsweredAsync(exchange, repository, commit, file, endpoint))
                return;
            headers.Location = new Uri(cdn, locations.Sign(repository, file)).AbsoluteUri;
            await exchange.TextAsync(302, "Found. Redirecting to the CDN");
        }
    }

    /// <summary>Redirects to a URL of the same host that names the commit, as the Hub does for regular files since
    /// 2025.</summary>
    private async Task ToCacheAsync(Entry entry, string tag)
    {
        var headers = exchange.Response.Headers;
        headers["X-Linked-Size"] = $"{entry.Size}";
        headers["X-Linked-Etag"] = tag;
        var path = string.Join('/', entry.Path.Split('/').Select(Uri.EscapeDataString));
        headers.Location =
            $"{options.Prefix}/api/resolve-cache/{repository.Key.Type}/{repository.Key.Name}/{commit}/{path}";
        await exchange.TextAsync(307, "Temporary Redirect");
    }

    private static bool IsBinary(Entry entry) => Binary.Contains(Path.GetExtension(entry.Path));
}
