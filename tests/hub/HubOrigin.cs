using System.Text.Json;

namespace NixAiModels.TestHub;

/// <summary>The hub itself: its API and the addresses of files.</summary>
internal sealed class HubOrigin(Options options, HubFolder folder, SignedLocations locations, Func<Uri> cdn)
{
    private readonly AccessControl _access = new(folder, options.Tokens);
    private readonly RateLimiter _rate = new(options.RateLimit, options.RateWindow);

    /// <param name="exchange">The request.</param>
    /// <param name="path">Its path as on the wire, without the endpoint's prefix.</param>
    /// <param name="query">Its query, with the question mark.</param>
    public async Task Handle(Exchange exchange, string path, string query)
    {
        var address = HubAddress.Parse(path);
        exchange.Record.On = address.On == "resolve-cache" ? "resolve" : address.On;
        exchange.Record.Repo = address.Repository?.ToString();
        exchange.Record.File = IsFile(address) ? address.Path : null;
        var repository = address.Repository is null ? null : folder.Find(address.Repository);
        exchange.RepositoryFaults = repository?.Settings.Faults ?? [];
        if (await RequestFaults.Answered(exchange, revoke: () => { }))
            return;
        if (path.StartsWith("/api/", StringComparison.Ordinal) && await _rate.Refuses(exchange))
            return;

        if (address.On == "whoami")
            await WhoAmI(exchange);
        else if (address.Repository is null)
            await exchange.Error(404, null, "Sorry, we can't find the page you are looking for.");
        else if (repository?.Settings.RenamedTo is { } name)
            await Redirect(exchange, new RepositoryKey(address.Repository.Type, name), address, path, query);
        else if (!await _access.Refuses(exchange, repository, IsFile(address)))
            await Answer(exchange, repository!, address, path);
    }

    private static bool IsFile(HubAddress address) => address.On is "resolve" or "resolve-cache" or "raw";

    private async Task Answer(Exchange exchange, Repository repository, HubAddress address, string path)
    {
        var endpoint = $"{exchange.Request.Scheme}://{exchange.Request.Host}{options.Prefix}";
        if (IsFile(address))
        {
            if (repository.At(address.Revision!, address.Path!) is not var (snapshot, entry))
                await NoRevision(exchange, address);
            else
                await new ResolvedFile(exchange, repository, snapshot.Commit, options, locations, cdn()).Serve(entry, address, endpoint);
            return;
        }
        if (address.On == "refs")
        {
            await exchange.Json(RepositoryInfo.WriteRefs(repository));
            return;
        }

        if (repository.At(address.Revision!) is not { } tree)
            await NoRevision(exchange, address);
        else if (address.On == "tree")
            await TreeListing.ServePage(exchange, tree, address, options.PageSize, endpoint + path, cdn());
        else if (address.On == "paths-info")
            await TreeListing.ServePaths(exchange, tree);
        else
            await exchange.Json(RepositoryInfo.Write(repository, tree, TreeListing.IsTrue(exchange.Request.Query["blobs"])));
    }

    /// <summary>A renamed repository answers to who may read it with a relative redirect to the same request by the new name.</summary>
    private async Task Redirect(Exchange exchange, RepositoryKey target, HubAddress address, string path, string query)
    {
        if (await _access.Refuses(exchange, folder.Find(target), IsFile(address)))
            return;
        var at = path.IndexOf('/' + address.Repository!.Name, StringComparison.Ordinal);
        var renamed = string.Concat(path.AsSpan(0, at + 1), target.Name, path.AsSpan(at + 1 + address.Repository.Name.Length));
        exchange.Response.Headers.Location = options.Prefix + renamed + query;
        await exchange.Text(307, $"Temporary Redirect. Redirecting to {renamed}");
    }

    private static Task NoRevision(Exchange exchange, HubAddress address) =>
        exchange.Error(404, "RevisionNotFound", $"Invalid rev id: {Uri.EscapeDataString(address.Revision!)}");

    private Task WhoAmI(Exchange exchange) => exchange.Token is { } token && _access.IsKnown(token)
        ? exchange.Json(JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = "user",
            id = "000000000000000000000001",
            name = "tester",
            fullname = "Tester",
            orgs = Array.Empty<object>(),
            auth = new { type = "access_token", accessToken = new { displayName = "test", role = "read" } },
        }))
        : exchange.Error(401, null, exchange.Token is null ? "Invalid username or password." : AccessControl.BadToken);
}
