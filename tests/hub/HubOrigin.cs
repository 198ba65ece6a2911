using System.Text.Json;
using NixAiModels.TestHub.Xet;

namespace NixAiModels.TestHub;

/// <summary>The hub itself: its API and its files.</summary>
internal sealed class HubOrigin(
    Options options,
    HubFolder folder,
    SignedLocations locations,
    Func<Uri> cdn,
    XetAnnouncement? xet
)
{
    private readonly AccessControl _access = new(folder, options.Tokens);
    private readonly RateLimiter _rate = new(options.RateLimit, options.RateWindow);

    /// <param name="exchange">The request.</param>
    /// <param name="path">Its raw path, without the endpoint's prefix.</param>
    /// <param name="query">Its query, with the question mark.</param>
    public async Task HandleAsync(Exchange exchange, string path, string query)
    {
        var address = HubAddress.Parse(path);
        exchange.Record.On = address.On == "resolve-cache" ? "resolve" : address.On;
        exchange.Record.Repo = address.Repository?.ToString();
        exchange.Record.File = IsFile(address) ? address.Path : null;
        var repository = address.Repository is null ? null : folder.Find(address.Repository);
        exchange.RepositoryFaults = repository?.Settings.Faults ?? [];
        if (await RequestFaults.AnsweredAsync(exchange, revoke: () => { }))
            return;
        if (path.StartsWith("/api/", StringComparison.Ordinal) && await _rate.RefusesAsync(exchange))
            return;

        if (address.On == "whoami")
            await WhoAmIAsync(exchange);
        else if (address.Repository is null)
            await exchange.ErrorAsync(404, null, "Sorry, we can't find the page you are looking for.");
        else if (repository?.Settings.RenamedTo is { } name)
            await RedirectAsync(exchange, new RepositoryKey(address.Repository.Type, name), address, path, query);
        else if (!await _access.RefusesAsync(exchange, repository, IsRead(address)))
            await AnswerAsync(exchange, repository!, address, path);
    }

    private static bool IsFile(HubAddress address) => address.On is "resolve" or "resolve-cache" or "raw";

    private static bool IsRead(HubAddress address) => IsFile(address) || address.On == "xet-read-token";

    private async Task AnswerAsync(Exchange exchange, Repository repository, HubAddress address, string path)
    {
        var endpoint = $"{exchange.Request.Scheme}://{exchange.Request.Host}{options.Prefix}";
        if (IsFile(address))
        {
            if (repository.At(address.Revision!, address.Path!) is not var (snapshot, entry))
            {
                await NoRevisionAsync(exchange, address);
            }
            else
            {
                await new ResolvedFile(
                    exchange,
                    repository,
                    snapshot.Commit,
                    options,
                    locations,
                    cdn(),
                    xet
                ).ServeAsync(entry, address, endpoint);
            }

            return;
        }
        if (address.On == "refs")
        {
            await exchange.JsonAsync(RepositoryInfo.WriteRefs(repository));
            return;
        }

        if (address.On == "commits")
        {
            await exchange.JsonAsync(RepositoryInfo.WriteCommits(repository, address.Revision!));
            return;
        }

        if (address.On == "xet-read-token")
        {
            await (xet is null ? exchange.TextAsync(404, "Not Found") : xet.GiveTokenAsync(exchange, repository));
            return;
        }

        if (repository.At(address.Revision!) is not { } tree)
        {
            await NoRevisionAsync(exchange, address);
        }
        else if (address.On == "tree")
        {
            await TreeListing.ServePageAsync(
                exchange,
                tree,
                address,
                options.PageSize,
                endpoint + path,
                cdn(),
                entry => xet?.HashOf(repository, entry)
            );
        }
        else if (address.On == "paths-info")
        {
            await TreeListing.ServePathsAsync(exchange, tree, entry => xet?.HashOf(repository, entry));
        }
        else
        {
            await exchange.JsonAsync(
                RepositoryInfo.Write(repository, tree, TreeListing.IsTrue(exchange.Request.Query["blobs"]))
            );
        }
    }

    /// <summary>Redirects readers of a renamed repository, relatively, to the same request by the new name.</summary>
    private async Task RedirectAsync(
        Exchange exchange,
        RepositoryKey target,
        HubAddress address,
        string path,
        string query
    )
    {
        if (await _access.RefusesAsync(exchange, folder.Find(target), IsFile(address)))
            return;
        var at = path.IndexOf('/' + address.Repository!.Name, StringComparison.Ordinal);
        var renamed = string.Concat(
            path.AsSpan(0, at + 1),
            target.Name,
            path.AsSpan(at + 1 + address.Repository.Name.Length)
        );
        exchange.Response.Headers.Location = options.Prefix + renamed + query;
        await exchange.TextAsync(307, $"Temporary Redirect. Redirecting to {renamed}");
    }

    private static Task NoRevisionAsync(Exchange exchange, HubAddress address) =>
        exchange.ErrorAsync(404, "RevisionNotFound", $"Invalid rev id: {Uri.EscapeDataString(address.Revision!)}");

    private Task WhoAmIAsync(Exchange exchange) =>
        exchange.Token is { } token && _access.IsKnown(token)
            ? exchange.JsonAsync(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        type = "user",
                        id = "000000000000000000000001",
                        name = "tester",
                        fullname = "Tester",
                        orgs = Array.Empty<object>(),
                        auth = new { type = "access_token", accessToken = new { displayName = "test", role = "read" } },
                    }
                )
            )
            : exchange.ErrorAsync(
                401,
                null,
                exchange.Token is null ? "Invalid username or password." : AccessControl.BadToken
            );
}
