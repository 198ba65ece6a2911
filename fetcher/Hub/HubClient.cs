using NixAiModels.Transfer;

namespace NixAiModels.Hub;

/// <summary>A client of the Hub: revisions, listings, files.</summary>
public sealed class HubClient : IDisposable
{
    private readonly HubEndpoint _endpoint;
    private readonly HubToken? _token;
    private readonly HubOptions _options;
    private readonly HubHttp _http;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="endpoint">Where the Hub is.</param>
    /// <param name="token">The token that is sent to the endpoint and nowhere else; <see langword="null"/> for
    /// none.</param>
    /// <param name="options">Connections, certificates, retries.</param>
    /// <exception cref="Failure">A proxy variable is invalid (exit code 2), or the certificates cannot be read (exit
    /// code 7).</exception>
    public HubClient(HubEndpoint endpoint, HubToken? token, HubOptions options)
    {
        (_endpoint, _token, _options) = (endpoint, token, options);
        _http = new HubHttp(endpoint, token, options);
    }

    /// <summary>Finds the commit of a revision.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A branch, tag, ref or commit.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>The revision; with <see cref="HubOptions.FindType"/> perhaps of another type of repository.</returns>
    /// <exception cref="HubFailure">The revision or repository does not exist or is not accessible.</exception>
    public async Task<Revision> ResolveRevisionAsync(
        RepositoryId repository,
        string revision,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(repository);
        try
        {
            return await ResolveOnceAsync(repository, revision, cancellation);
        }
        catch (HubFailure failure)
            when (_options.FindType && repository.Type == RepositoryType.Model && failure.IsAboutExistence)
        {
            foreach (var type in Enum.GetValues<RepositoryType>().Where(type => type != RepositoryType.Model))
            {
                try
                {
                    var other = new RepositoryId(type, repository.Namespace, repository.Name);
                    return await ResolveOnceAsync(other, revision, cancellation);
                }
                catch (HubFailure missing) when (missing.IsAboutExistence) { }
            }

            throw;
        }
    }

    private async Task<Revision> ResolveOnceAsync(
        RepositoryId repository,
        string revision,
        CancellationToken cancellation
    )
    {
        using var response = await RequestAsync(
            HubUrl.Revision(_endpoint, repository, revision),
            new HubResource(_endpoint, repository, revision),
            cancellation
        );
        var resolved = HubJson.ParseRevision(response, repository);
        return CommitId.TryParse(revision) is { } commit && resolved.Commit != commit
            ? throw new HubFailure(
                HubFailureKind.InvalidResponse,
                $"requested commit {revision}, got {resolved.Commit}: {response.DisplayUrl}",
                "check the endpoint"
            )
            : resolved;
    }

    /// <summary>Lists all files of a revision; an incomplete listing is requested once more.</summary>
    /// <param name="revision">The revision, from <see cref="ResolveRevisionAsync"/>.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns>Every listed file, in the Hub's order; the paths are unchecked.</returns>
    /// <exception cref="HubFailure">The listing is incomplete or not accessible.</exception>
    public async Task<IReadOnlyList<HubFile>> ListFilesAsync(Revision revision, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(revision);
        try
        {
            return await ListOnceAsync(revision, cancellation);
        }
        catch (HubFailure failure) when (failure.Kind == HubFailureKind.IncompleteListing)
        {
            _options.Warn?.Invoke($"{failure.Message}; requesting it again");
            return await ListOnceAsync(revision, cancellation);
        }
    }

    /// <summary>Lists the names of a repository's tags.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="HubFailure">The list is not accessible.</exception>
    public async Task<IReadOnlyList<string>> ListTagsAsync(RepositoryId repository, CancellationToken cancellation)
    {
        using var response = await RequestAsync(
            HubUrl.Refs(_endpoint, repository),
            new HubResource(_endpoint, repository),
            cancellation
        );
        return HubJson.ParseTags(response);
    }

    /// <summary>Lists the latest commits up to one.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>Their ids, the latest first.</returns>
    /// <exception cref="HubFailure">The list is not accessible.</exception>
    public async Task<IReadOnlyList<CommitId>> ListCommitsAsync(
        RepositoryId repository,
        CommitId commit,
        CancellationToken cancellation
    )
    {
        using var response = await RequestAsync(
            HubUrl.Commits(_endpoint, repository, commit),
            new HubResource(_endpoint, repository, commit.ToString()),
            cancellation
        );
        return HubJson.ParseCommits(response);
    }

    /// <summary>A file to be transferred; nothing is sent yet.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A branch, tag, ref or commit.</param>
    /// <param name="file">The file, from <see cref="ListFilesAsync"/>.</param>
    public IRemoteFile Open(RepositoryId repository, string revision, HubFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var resource = new HubResource(_endpoint, repository, revision, file.Path);
        return new RemoteFile(
            _http,
            (response, atHub) => ErrorResponse.ToFailure(response, resource, atHub ? _token : null),
            HubUrl.Resolve(_endpoint, repository, revision, file.Path)
        );
    }

    /// <summary>Where the hub gives out the token with which a repository's files can be read through Xet.</summary>
    internal Uri XetTokenUrl(RepositoryId repository, CommitId commit) =>
        HubUrl.XetToken(_endpoint, repository, commit);

    /// <summary>Requests JSON of the hub.</summary>
    /// <exception cref="HubFailure">It is not accessible.</exception>
    internal Task<HubResponse> RequestAsync(Uri url, RepositoryId repository, CancellationToken cancellation) =>
        RequestAsync(url, new HubResource(_endpoint, repository), cancellation);

    /// <summary>Sends a request to another server over this client's connections.</summary>
    /// <exception cref="HubFailure">There is no response.</exception>
    internal Task<HubResponse> SendAsync(HubRequest request, CancellationToken cancellation) =>
        _http.GetAsync(request, cancellation);

    /// <summary>Whether a server that the hub names may be asked: one that is read on the way only where the hub is
    /// too.</summary>
    internal bool MayAsk(Uri url) => url.Scheme == Uri.UriSchemeHttps || _endpoint.Address.Scheme == Uri.UriSchemeHttp;

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<HubFile>> ListOnceAsync(Revision revision, CancellationToken cancellation)
    {
        var resource = new HubResource(_endpoint, revision.Repository, revision.Commit.ToString());
        var listing = new ListingPages(revision.Repository);
        var first = HubUrl.Tree(_endpoint, revision.Repository, revision.Commit);
        Uri? page = first;
        while (page is not null)
        {
            listing.Request(page);
            using var response = await RequestAsync(page, resource, cancellation);
            foreach (var path in listing.Add(response))
            {
                _options.Warn?.Invoke(
                    $"{revision.Repository}: skipped {Printable.Escape(path)}, which is neither a file nor a folder"
                );
            }

            page = NextPage(response);
        }

        if (listing.RequireComplete(revision.Paths, first) is { } warning)
            _options.Warn?.Invoke(warning);
        return listing.Files;
    }

    /// <summary>Requests JSON; the response's body is in memory.</summary>
    private async Task<HubResponse> RequestAsync(Uri url, HubResource resource, CancellationToken cancellation)
    {
        var response = await _http.GetAsync(new HubRequest(url) { BufferBody = true }, cancellation);
        if (response.Message.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var failure = ErrorResponse.ToFailure(
                response,
                resource,
                _endpoint.IsOriginOf(response.Url) ? _token : null
            );
            throw failure.Kind == HubFailureKind.RevisionNotFound
                ? ErrorResponse.RevisionNotFound(resource, response.DisplayUrl, await RefsAsync(resource, cancellation))
                : failure;
        }
    }

    /// <summary>The names of branches and tags; <see langword="null"/> where the hub does not list them.</summary>
    private async Task<IReadOnlyList<string>?> RefsAsync(HubResource resource, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync(
                new HubRequest(HubUrl.Refs(_endpoint, resource.Repository)) { BufferBody = true },
                cancellation
            );
            return response.Message.IsSuccessStatusCode ? HubJson.ParseRefs(response) : null;
        }
        catch (HubFailure)
        {
            return null;
        }
    }

    private Uri? NextPage(HubResponse response)
    {
        if (LinkHeader.Next(response.Message) is not { } link)
            return null;
        var next = HubUrl.ResolveReference(response.Url, link);
        return (next is null ? null : _endpoint.MapPage(next))
            ?? throw new HubFailure(
                HubFailureKind.InvalidResponse,
                $"invalid next page {Printable.Escape(link.Split('?')[0])}: {HubUrl.Display(response.Url)}",
                "check the endpoint and the proxy"
            );
    }
}
