using NixAiModels.Transfer;

namespace NixAiModels.Hub;

/// <summary>The Hub: revisions, listings, files.</summary>
public sealed class HubClient : IDisposable
{
    // More than any repository of the Hub has: an endless listing must end.
    private const int MostFiles = 10_000_000;

    private readonly HubEndpoint _endpoint;
    private readonly HubToken? _token;
    private readonly HubOptions _options;
    private readonly HubHttp _http;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="endpoint">Where the Hub is.</param>
    /// <param name="token">The token that is sent to the endpoint and nowhere else; <see langword="null"/> for
    /// none.</param>
    /// <param name="options">How the Hub is spoken to.</param>
    /// <exception cref="Failure">A proxy variable or the file of certificates is of no use (exit codes 2 and
    /// 7).</exception>
    public HubClient(HubEndpoint endpoint, HubToken? token, HubOptions options)
    {
        (_endpoint, _token, _options) = (endpoint, token, options);
        _http = new HubHttp(endpoint, token, options);
    }

    /// <summary>Finds the commit of a revision.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">A branch, tag, ref or commit.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="HubFailure">There is no such revision or repository, or it cannot be had.</exception>
    public async Task<Revision> ResolveRevisionAsync(
        RepositoryId repository,
        string revision,
        CancellationToken cancellation
    )
    {
        using var answer = await RequestAsync(
            HubUrl.Revision(_endpoint, repository, revision),
            new HubSubject(_endpoint, repository, revision),
            cancellation
        );
        var resolved = HubJson.ParseRevision(answer);
        return IsCommit(revision) && resolved.Commit != revision
            ? throw new HubFailure(
                HubFailureKind.BadListing,
                $"asked for the commit {revision}, the hub answers with {resolved.Commit} ({HubUrl.Display(answer.Url)})",
                "check the endpoint"
            )
            : resolved;
    }

    /// <summary>Lists all files of a commit.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <returns>Every file that the Hub lists, in its order; the paths have not been checked.</returns>
    /// <exception cref="HubFailure">The listing cannot be had whole.</exception>
    public async Task<IReadOnlyList<HubFile>> ListFilesAsync(
        RepositoryId repository,
        string commit,
        CancellationToken cancellation
    )
    {
        var subject = new HubSubject(_endpoint, repository, commit);
        var files = new List<HubFile>();
        var asked = new HashSet<string>();
        var page = HubUrl.Tree(_endpoint, repository, commit);
        while (page is not null)
        {
            if (!asked.Add(page.OriginalString) || files.Count > MostFiles)
                throw EndlessListing(page);
            using var answer = await RequestAsync(page, subject, cancellation);
            foreach (var path in HubJson.ParseTree(answer, files))
            {
                _options.Notice?.Invoke(
                    $"{repository}: {Printable.Escape(path)} is neither a file nor a folder and is left out"
                );
            }

            page = Next(answer);
        }

        return files;
    }

    /// <summary>Lists the names of a repository's tags.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="HubFailure">The list cannot be had.</exception>
    public async Task<IReadOnlyList<string>> ListTagsAsync(RepositoryId repository, CancellationToken cancellation)
    {
        using var answer = await RequestAsync(
            HubUrl.Refs(_endpoint, repository),
            new HubSubject(_endpoint, repository),
            cancellation
        );
        return HubJson.ParseRefs(answer, "tags");
    }

    /// <summary>A file to be transferred; nothing is sent yet.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="file">The file, from <see cref="ListFilesAsync"/> of that commit.</param>
    public IRemoteFile Open(RepositoryId repository, string commit, HubFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new RemoteFile(
            _http,
            _token,
            new HubSubject(_endpoint, repository, commit, file.Path),
            HubUrl.Resolve(_endpoint, repository, commit, file.Path)
        );
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>Asks for JSON; the answer's body has been read.</summary>
    private async Task<HubAnswer> RequestAsync(Uri url, HubSubject subject, CancellationToken cancellation)
    {
        var answer = await _http.GetAsync(new HubRequest(url) { Whole = true }, cancellation);
        if (answer.Response.IsSuccessStatusCode)
            return answer;
        using (answer)
        {
            var refusal = ErrorResponse.ToFailure(answer, subject, _endpoint.IsOriginOf(answer.Url) ? _token : null);
            throw refusal.Kind == HubFailureKind.RevisionNotFound
                ? ErrorResponse.RevisionNotFound(
                    subject,
                    HubUrl.Display(answer.Url),
                    await RefsAsync(subject, cancellation)
                )
                : refusal;
        }
    }

    /// <summary>The names of branches and tags; <see langword="null"/> where the hub does not tell.</summary>
    private async Task<IReadOnlyList<string>?> RefsAsync(HubSubject subject, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(
                new HubRequest(HubUrl.Refs(_endpoint, subject.Repository)) { Whole = true },
                cancellation
            );
            return answer.Response.IsSuccessStatusCode ? HubJson.ParseRefs(answer, "branches", "tags") : null;
        }
        catch (HubFailure)
        {
            return null;
        }
    }

    private static Uri? Next(HubAnswer answer)
    {
        if (NextPage.Of(answer.Response) is not { } link)
            return null;
        var next = HubUrl.Follow(answer.Url, link);
        return next is null || (answer.Url.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
            ? throw new HubFailure(
                HubFailureKind.BadListing,
                $"the listing goes on at no https URL: {Printable.Escape(link.Split('?')[0])} ({HubUrl.Display(answer.Url)})",
                "check the endpoint and the proxy"
            )
            : next;
    }

    private static HubFailure EndlessListing(Uri page) =>
        new(
            HubFailureKind.BadListing,
            $"the listing does not end: its pages go round in a circle at {HubUrl.Display(page)}",
            "try again later; if it stays, the hub is at fault"
        );

    private static bool IsCommit(string revision) => revision.Length == 40 && revision.All(char.IsAsciiHexDigitLower);
}
