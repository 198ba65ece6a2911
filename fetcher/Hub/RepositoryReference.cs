using System.Buffers;

namespace NixAiModels.Hub;

/// <summary>A repository as people write or paste it.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Revision">The branch, tag or commit, if there is one; not percent-encoded.</param>
/// <param name="FilePath">The path in the repository, if there is one; a folder's ends with <c>/</c>.</param>
/// <param name="Endpoint">The endpoint, if the text was a URL of another hub than the known one.</param>
/// <param name="Quant">The quantization after a colon, such as <c>Q4_K_M</c>, if there is one (the Hub's pages print
/// <c>llama-server -hf ORG/NAME:Q4_K_M</c>).</param>
public sealed record RepositoryReference(
    RepositoryId Repository,
    string? Revision,
    string? FilePath,
    string? Endpoint,
    string? Quant = null
)
{
    private static readonly string[] PublicHosts = ["huggingface.co", "www.huggingface.co", "hf.co"];
    private static readonly SearchValues<char> QuantCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
    );

    // Pages that name a revision, and pages that do not.
    private static readonly string[] Views = ["tree", "blob", "resolve", "raw", "commit", "commits", "blame", "edit"],
        Pages = ["discussions", "viewer", "settings"];
    private static readonly string[] NoRepositories =
    [
        "buckets",
        "collections",
        "papers",
        "docs",
        "blog",
        "learn",
        "posts",
        "organizations",
    ];

    /// <summary>Reads <c>ORG/NAME</c>, <c>NAME</c>, <c>datasets/ORG/NAME</c>, <c>hf://ORG/NAME@REV/path</c>, a URL of a
    /// page or a file, or what git clones (huggingface_hub, <c>hf_file_system.py</c>, <c>resolve_path</c>, and
    /// <c>hf_api.py</c>, <c>repo_type_and_id_from_hf_id</c>).</summary>
    /// <param name="text">The text.</param>
    /// <param name="type">The repository's type, if an option says so; the text must not contradict it.</param>
    /// <param name="endpoint">The known hub, if it is not that of <c>HF_ENDPOINT</c> or the default.</param>
    /// <exception cref="Failure">The text does not name a repository (exit code 2).</exception>
    public static RepositoryReference Parse(string text, string? type = null, string? endpoint = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        foreach (var host in PublicHosts)
        {
            if (trimmed.StartsWith(host + "/", StringComparison.OrdinalIgnoreCase))
                trimmed = "https://" + trimmed;
            else if (trimmed.StartsWith($"git@{host}:", StringComparison.OrdinalIgnoreCase))
                trimmed = trimmed[(trimmed.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }

        if (trimmed.StartsWith("hf:", StringComparison.OrdinalIgnoreCase) && Scheme(trimmed) is null)
            trimmed = "hf://" + trimmed["hf:".Length..];
        var (address, quant) = TakeQuant(trimmed);
        var found = Scheme(address) switch
        {
            "hf" => ParsePath(address["hf://".Length..], text, type),
            "http" or "https" => ParseUrl(address, text, type, HubEndpoint.Choose(endpoint)),
            null when address.Split('/')[0].Contains(':', StringComparison.Ordinal) => throw Invalid(text),
            null => ParsePath(address, text, type),
            _ => throw Invalid(text),
        };
        // A file's name may have a colon.
        found =
            found.FilePath is { } path && quant is not null
                ? found with
                {
                    FilePath = $"{path}:{quant}",
                }
                : found with
                {
                    Quant = quant,
                };
        return RepositoryId.ParseType(type) is { } given && given != found.Repository.Type
            ? throw new Failure(
                ExitCode.Usage,
                $"'{Printable.Escape(Redaction.InAddress(text))}' is a {found.Repository.TypeWord}, not a {type}",
                $"leave out the type, or write --type {found.Repository.TypeWord}"
            )
            : found;
    }

    /// <summary><c>[datasets/]ORG/NAME[@REV][/path]</c>; the path only where the repository has a namespace.</summary>
    private static RepositoryReference ParsePath(string path, string text, string? type)
    {
        var segments = path.TrimEnd('/').Split('/');
        if (segments is ["buckets", _, _, ..])
            throw NoRepository(text, segments[0]);
        var kind = TakeType(ref segments);
        var at = Array.FindIndex(
            segments,
            0,
            Math.Min(2, segments.Length),
            segment => segment.Contains('@', StringComparison.Ordinal)
        );
        var last = at >= 0 ? at : Math.Min(1, segments.Length - 1);
        string? revision = null;
        if (at >= 0)
        {
            var parts = segments[at].Split('@', 2);
            segments[at] = parts[0];
            (revision, var used) = TakeRevision([parts[1], .. segments[(at + 1)..]], text);
            segments = [.. segments[..(at + 1)], .. segments[(at + used)..]];
        }

        var repository = Id(kind, type, segments[..(last + 1)]);
        return new RepositoryReference(
            repository,
            revision,
            PathOf(segments[(last + 1)..], folder: path.EndsWith('/')),
            null
        );
    }

    private static RepositoryReference ParseUrl(string url, string text, string? type, HubEndpoint known)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            throw Invalid(text);
        var display = HubUrl.Display(HubUrl.Exact(url.Split('?', '#')[0]));
        var folder = display.EndsWith('/');
        string? endpoint = null;
        string[] segments;
        if (display.StartsWith(known + "/", StringComparison.OrdinalIgnoreCase))
        {
            segments = display[(known.ToString().Length + 1)..].TrimEnd('/').Split('/');
        }
        else
        {
            var origin = $"{address.Scheme}://{address.Authority}";
            segments = display[Math.Min(display.Length, origin.Length + 1)..].TrimEnd('/').Split('/');
            if (!PublicHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase))
            {
                var prefix = PrefixLength(segments);
                endpoint = HubEndpoint.Parse(string.Join('/', [origin, .. segments[..prefix]])).ToString();
                segments = segments[prefix..];
            }
        }

        if (endpoint is null && segments is [var kindOfPage, _, ..] && NoRepositories.Contains(kindOfPage))
            throw NoRepository(text, kindOfPage);
        var kind = TakeType(ref segments);
        var view = Array.FindIndex(segments, 1, Math.Min(segments.Length, 3) - 1, IsView);
        var length = view > 0 ? view : segments.Length;
        if (length is 0 or > 2)
            throw Invalid(text);
        var repository = Id(kind, type, segments[..length]);
        var shown = ShownFile(address);
        if (view < 0 || view + 1 == segments.Length)
            return new RepositoryReference(repository, null, shown, endpoint);
        if (Pages.Contains(segments[view]))
            return new RepositoryReference(repository, PullRequest(repository, segments[view..]), shown, endpoint);

        var (revision, used) = TakeRevision(segments[(view + 1)..], text);
        var file = PathOf(
            segments[(view + 1 + used)..].Select(Uri.UnescapeDataString),
            folder || segments[view] == "tree"
        );
        return new RepositoryReference(repository, revision, shown ?? file, endpoint);
    }

    private static bool IsView(string segment) => Views.Contains(segment) || Pages.Contains(segment);

    /// <summary>The file whose details a page shows beside the others.</summary>
    private static string? ShownFile(Uri address) =>
        address
            .Query.TrimStart('?')
            .Split('&')
            .Where(pair => pair.StartsWith("show_file_info=", StringComparison.Ordinal))
            .Select(pair => Uri.UnescapeDataString(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))
            .FirstOrDefault(path => path.Length > 0);

    /// <summary>The revision of a pull request's page. A discussion has the same address and no files.</summary>
    private static string? PullRequest(RepositoryId repository, string[] page) =>
        page switch
        {
            ["discussions", var number, "files", ..] => $"refs/pr/{number}",
            ["discussions", var number, ..] when number.All(char.IsAsciiDigit) => throw new Failure(
                ExitCode.Usage,
                $"discussion {number} of {repository} may be a pull request or not",
                $"nix-prefetch-hf {repository.Address} --rev refs/pr/{number}   # the files of the pull request\n"
                    + $"nix-prefetch-hf {repository.Address}   # those of the branch main"
            ),
            _ => null,
        };

    /// <summary>How many segments of an unknown hub's URL come before the repository, which follows its type or
    /// precedes a word such as <c>tree</c>.</summary>
    private static int PrefixLength(string[] segments)
    {
        var type = Array.FindIndex(segments, segment => segment is "datasets" or "spaces" or "kernels");
        if (type >= 0)
            return type;
        var view = Array.FindIndex(segments, IsView);
        return Math.Max(0, (view >= 0 ? view : segments.Length) - 2);
    }

    /// <summary>Separates what is after a colon in the last segment, which no repository and no revision can
    /// have.</summary>
    private static (string Address, string? Quant) TakeQuant(string text)
    {
        var colon = text.LastIndexOf(':');
        var isQuant =
            colon > text.LastIndexOf('/')
            && colon < text.Length - 1
            && text.AsSpan(colon + 1).IndexOfAnyExcept(QuantCharacters) < 0;
        return isQuant ? (text[..colon], text[(colon + 1)..]) : (text, null);
    }

    private static RepositoryType? TakeType(ref string[] segments)
    {
        // A dataset or a space may lack a namespace.
        if (segments is not (["datasets" or "spaces", _, ..] or ["models" or "kernels", _, _, ..]))
            return null;
        var type = RepositoryId.ParseType(segments[0]);
        segments = segments[1..];
        return type;
    }

    /// <summary>A revision is one percent-encoded segment, except that people write <c>refs/pr/N</c> and
    /// <c>refs/convert/NAME</c> unencoded.</summary>
    private static (string Revision, int Used) TakeRevision(string[] segments, string text) =>
        segments switch
        {
            ["refs", "pr" or "convert", var name, ..] => ($"refs/{segments[1]}/{name}", 3),
            ["", ..] => throw new Failure(
                ExitCode.Usage,
                $"empty revision in '{Printable.Escape(Redaction.InAddress(text))}'",
                "write ORG/NAME@main"
            ),
            [var revision, ..] => (Uri.UnescapeDataString(revision), 1),
            [] => throw Invalid(text),
        };

    /// <summary>The repository; git's address of one ends in <c>.git</c>, which no name does.</summary>
    private static RepositoryId Id(RepositoryType? found, string? type, string[] names)
    {
        var name = string.Join('/', names);
        return RepositoryId.Parse(
            name.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? name[..^".git".Length] : name,
            found ?? RepositoryId.ParseType(type) ?? RepositoryType.Model
        );
    }

    private static string? PathOf(IEnumerable<string> segments, bool folder)
    {
        var path = string.Join('/', segments);
        return path.Length == 0 ? null
            : folder ? path + "/"
            : path;
    }

    private static string? Scheme(string text) =>
        text.IndexOf("://", StringComparison.Ordinal) is > 0 and var end ? text[..end].ToLowerInvariant() : null;

    private static Failure NoRepository(string text, string kind) =>
        new(
            ExitCode.Usage,
            $"'{Printable.Escape(Redaction.InAddress(text))}' is not a repository: nothing in {kind}/ can be pinned",
            "write ORG/NAME, datasets/ORG/NAME, spaces/ORG/NAME or kernels/ORG/NAME"
        );

    private static Failure Invalid(string text) =>
        new(
            ExitCode.Usage,
            $"invalid repository '{Printable.Escape(Redaction.InAddress(text))}'",
            "write ORG/NAME, hf://ORG/NAME@REVISION or https://huggingface.co/ORG/NAME"
        );
}
