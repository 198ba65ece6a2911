namespace NixAiModels.Hub;

/// <summary>URLs, sent exactly as they are written: <see cref="Uri"/> left to itself changes paths, and a signed one is then refused.</summary>
public static class HubUrl
{
    /// <summary>A URL for people: no query, no fragment, no credentials.</summary>
    /// <param name="url">The URL.</param>
    public static string Display(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.GetLeftPart(UriPartial.Scheme) + url.Authority + url.PathAndQuery.Split('?', '#')[0];
    }

    /// <summary>The page of a repository, for people.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="repository">The repository.</param>
    public static string Page(HubEndpoint endpoint, RepositoryId repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return repository.Type == RepositoryType.Model ? $"{endpoint}/{repository}" : $"{endpoint}/{repository.Plural}/{repository}";
    }

    internal static Uri Revision(HubEndpoint endpoint, RepositoryId repository, string revision) =>
        Exact($"{Api(endpoint, repository)}/revision/{Uri.EscapeDataString(revision)}");

    internal static Uri Tree(HubEndpoint endpoint, RepositoryId repository, string revision) =>
        Exact($"{Api(endpoint, repository)}/tree/{Uri.EscapeDataString(revision)}?recursive=true&expand=false");

    internal static Uri Refs(HubEndpoint endpoint, RepositoryId repository) => Exact($"{Api(endpoint, repository)}/refs");

    internal static Uri Resolve(HubEndpoint endpoint, RepositoryId repository, string revision, string path) =>
        Exact($"{Page(endpoint, repository)}/resolve/{Uri.EscapeDataString(revision)}/{EscapePath(path)}");

    /// <summary>Whether two URLs have the same scheme, host and port.</summary>
    internal static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>A URL whose path and query stay as they are written.</summary>
    /// <exception cref="UriFormatException">It is no URL.</exception>
    internal static Uri Exact(string url) => new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static string Api(HubEndpoint endpoint, RepositoryId repository) => $"{endpoint}/api/{repository.Plural}/{repository}";

    private static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
