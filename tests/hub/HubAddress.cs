namespace NixAiModels.TestHub;

/// <summary>The parsed path of a request to the hub. A revision is one percent-encoded segment.</summary>
internal sealed record HubAddress(string On, RepositoryKey? Repository, string? Revision, string? Path)
{
    private static readonly string[] Types = ["models", "datasets", "spaces", "kernels"];
    private static readonly string[] ApiVerbs = ["revision", "tree", "paths-info", "refs", "xet-read-token", "commits"];
    private static readonly string[] FileVerbs = ["resolve", "raw"];

    private static readonly HubAddress Other = new("other", null, null, null);

    /// <param name="path">The raw path, without prefix and query.</param>
    public static HubAddress Parse(string path)
    {
        var segments = path.TrimStart('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        return segments switch
        {
            ["api", "whoami-v2"] => Other with { On = "whoami" },
            ["api", "resolve-cache", var type, .. var rest] when Types.Contains(type) => ResolveCache(type, rest),
            ["api", var type, .. var rest] when Types.Contains(type) => Api(type, rest),
            ["datasets" or "spaces" or "kernels", .. var rest] => File(segments[0], rest),
            _ => File("models", segments),
        };
    }

    private static HubAddress Api(string type, string[] rest)
    {
        var verb = VerbAt(rest, ApiVerbs);
        var name = rest[..(verb ?? rest.Length)];
        if (name.Length is 0 or > 2)
            return Other;
        var key = new RepositoryKey(type, string.Join('/', name));
        if (verb is not { } at || rest[at] == "revision")
            return new HubAddress("info", key, verb is { } v ? rest.ElementAtOrDefault(v + 1) : "main", null);
        return new HubAddress(rest[at], key, rest.ElementAtOrDefault(at + 1) ?? "main", Join(rest.Skip(at + 2)));
    }

    private static HubAddress File(string type, string[] rest)
    {
        if (VerbAt(rest, FileVerbs) is not { } at || rest.Length < at + 3)
            return Other;
        return new HubAddress(
            rest[at],
            new RepositoryKey(type, string.Join('/', rest[..at])),
            rest[at + 1],
            Join(rest.Skip(at + 2))
        );
    }

    private static HubAddress ResolveCache(string type, string[] rest)
    {
        var at = Array.FindIndex(rest, segment => segment.Length == 40 && segment.All(char.IsAsciiHexDigitLower));
        return at is 1 or 2
            ? new HubAddress(
                "resolve-cache",
                new RepositoryKey(type, string.Join('/', rest[..at])),
                rest[at],
                Join(rest.Skip(at + 1))
            )
            : Other;
    }

    /// <summary>The verb is the third segment, or the second after a name without namespace.</summary>
    private static int? VerbAt(string[] segments, string[] verbs)
    {
        if (segments.Length > 2 && verbs.Contains(segments[2]))
            return 2;
        return segments.Length > 1 && verbs.Contains(segments[1]) ? 1 : null;
    }

    private static string Join(IEnumerable<string> segments) => string.Join('/', segments);
}

/// <summary>A repository's name.</summary>
/// <param name="Type">models, datasets, spaces, kernels or registry.</param>
/// <param name="Name">"org/name", or "name" alone.</param>
internal sealed record RepositoryKey(string Type, string Name)
{
    /// <summary>Its form in the URL of a file: models have no prefix.</summary>
    public override string ToString() => Type is "models" or "registry" ? Name : $"{Type}/{Name}";
}
