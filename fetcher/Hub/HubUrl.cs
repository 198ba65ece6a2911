using System.Text;

namespace NixAiModels.Hub;

/// <summary>URLs, sent exactly as they are written: <see cref="Uri"/> by default normalises paths, which invalidates
/// signed URLs.</summary>
public static class HubUrl
{
    /// <summary>A URL for messages, without query, fragment and credentials.</summary>
    /// <param name="url">The URL.</param>
    public static string Display(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.GetLeftPart(UriPartial.Scheme)
            + url.Authority
            + Printable.Escape(url.PathAndQuery.Split('?', '#')[0], 1000);
    }

    /// <summary>The URL of a repository's web page.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="repository">The repository.</param>
    public static string Page(HubEndpoint endpoint, RepositoryId repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return repository.Type == RepositoryType.Model
            ? $"{endpoint}/{repository}"
            : $"{endpoint}/{repository.Plural}/{repository}";
    }

    internal static Uri Revision(HubEndpoint endpoint, RepositoryId repository, string revision) =>
        Exact($"{Api(endpoint, repository)}/revision/{Uri.EscapeDataString(revision)}");

    internal static Uri Tree(HubEndpoint endpoint, RepositoryId repository, CommitId commit) =>
        Exact($"{Api(endpoint, repository)}/tree/{commit}?recursive=true&expand=false");

    internal static Uri Refs(HubEndpoint endpoint, RepositoryId repository) =>
        Exact($"{Api(endpoint, repository)}/refs");

    internal static Uri Commits(HubEndpoint endpoint, RepositoryId repository, CommitId commit) =>
        Exact($"{Api(endpoint, repository)}/commits/{commit}");

    internal static Uri XetToken(HubEndpoint endpoint, RepositoryId repository, CommitId commit) =>
        Exact($"{Api(endpoint, repository)}/xet-read-token/{commit}");

    internal static Uri Resolve(HubEndpoint endpoint, RepositoryId repository, string revision, string path) =>
        Exact($"{Page(endpoint, repository)}/resolve/{Uri.EscapeDataString(revision)}/{EscapePath(path)}");

    /// <summary>Whether two URLs have the same scheme, host and port.</summary>
    internal static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme
        && one.Port == other.Port
        && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>A URL whose path and query stay as they are written.</summary>
    /// <exception cref="UriFormatException">It is not a URL.</exception>
    internal static Uri Exact(string url) =>
        new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>Resolves the absolute or relative reference of a <c>Location</c> or <c>Link</c> header (RFC 3986,
    /// section 5.2).</summary>
    /// <param name="from">The URL that was requested.</param>
    /// <param name="header">The reference, one <see cref="char"/> for each byte on the wire.</param>
    /// <returns>The URL, its escapes untouched; <see langword="null"/> if it is not an http or https URL.</returns>
    internal static Uri? ResolveReference(Uri from, string header)
    {
        var reference = EscapeUnsafe(header.Trim().Split('#')[0]);
        var origin = $"{from.Scheme}://{from.Authority}";
        var (path, query) = Split(from);
        var whole = reference switch
        {
            _ when HasScheme(reference) => reference,
            ['/', '/', ..] => $"{from.Scheme}:{reference}",
            ['/', ..] => origin + RemoveDotSegments(reference),
            ['?', ..] => origin + path + reference,
            [] => origin + path + query,
            _ => origin + RemoveDotSegments(path[..(path.LastIndexOf('/') + 1)] + reference),
        };
        try
        {
            var url = Exact(whole);
            return url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static (string Path, string Query) Split(Uri url)
    {
        var question = url.PathAndQuery.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (url.PathAndQuery, "") : (url.PathAndQuery[..question], url.PathAndQuery[question..]);
    }

    private static bool HasScheme(string reference)
    {
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && char.IsAsciiLetter(reference[0])
            && reference[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.');
    }

    private static string RemoveDotSegments(string reference)
    {
        var end = reference.IndexOf('?', StringComparison.Ordinal) is >= 0 and var question
            ? question
            : reference.Length;
        var kept = new List<string>();
        var segments = reference[1..end].Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] is not ("." or ".."))
                kept.Add(segments[i]);
            else if (segments[i] == ".." && kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
            if (i == segments.Length - 1 && segments[i] is "." or "..")
                kept.Add("");
        }

        return "/" + string.Join('/', kept) + reference[end..];
    }

    /// <summary>Percent-encodes bytes that are not allowed in a URL but occur in some servers' headers.</summary>
    private static string EscapeUnsafe(string reference)
    {
        var escaped = new StringBuilder(reference.Length);
        foreach (var c in reference)
        {
            if (c is > ' ' and <= '~')
            {
                escaped.Append(c);
            }
            else
            {
                foreach (var b in c < 256 ? [(byte)c] : Encoding.UTF8.GetBytes([c]))
                    escaped.Append('%').Append(b.ToString("X2"));
            }
        }

        return escaped.ToString();
    }

    /// <summary>Reads an absolute http or https URL without credentials; <see langword="null"/> for anything
    /// else.</summary>
    internal static Uri? TryParse(string text)
    {
        try
        {
            var url = Exact(text);
            return url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0 ? url : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static string Api(HubEndpoint endpoint, RepositoryId repository) =>
        $"{endpoint}/api/{repository.Plural}/{repository}";

    private static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
