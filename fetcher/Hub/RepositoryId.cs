namespace NixAiModels.Hub;

/// <summary>The id of a repository of the Hub, with valid names (<see cref="RepositoryName"/>).</summary>
public sealed record RepositoryId
{
    /// <summary>Checks the names and makes an id of them.</summary>
    /// <param name="type">The kind of repository.</param>
    /// <param name="owner">The user or organisation; <see langword="null"/> for old repositories such as
    /// <c>gpt2</c>.</param>
    /// <param name="name">The name without the namespace.</param>
    /// <exception cref="Failure">The Hub does not allow a name (exit code 2).</exception>
    public RepositoryId(RepositoryType type, string? owner, string name)
    {
        var whole = owner is null ? name : $"{owner}/{name}";
        if (owner is not null)
            RepositoryName.Check(owner, whole);
        RepositoryName.Check(name, whole);
        (Type, Namespace, Name) = (type, owner, name);
    }

    /// <summary>The kind of repository.</summary>
    public RepositoryType Type { get; }

    /// <summary>The user or organisation; <see langword="null"/> for old repositories such as <c>gpt2</c>.</summary>
    public string? Namespace { get; }

    /// <summary>The name without the namespace.</summary>
    public string Name { get; }

    /// <summary>The repository's folder in a Hugging Face cache: <c>models--org--name</c> (huggingface_hub,
    /// <c>repo_folder_name</c>).</summary>
    public string CacheName => $"{Plural}--{ToString().Replace("/", "--", StringComparison.Ordinal)}";

    /// <summary><c>models</c>, <c>datasets</c>, <c>spaces</c> or <c>kernels</c>: the type in paths of the Hub's API and
    /// in names of cache folders (huggingface_hub, <c>constants.py</c>, <c>REPO_TYPES_MAPPING</c>).</summary>
    public string Plural =>
        Type switch
        {
            RepositoryType.Dataset => "datasets",
            RepositoryType.Space => "spaces",
            RepositoryType.Kernel => "kernels",
            _ => "models",
        };

    /// <summary><c>model</c>, <c>dataset</c>, <c>space</c> or <c>kernel</c>: the type in options and
    /// definitions.</summary>
    public string TypeWord => Plural[..^1];

    /// <summary>Reads an id without a revision: <c>org/name</c> or <c>name</c>.</summary>
    /// <param name="text">The id.</param>
    /// <param name="type"><c>model</c> (the default), <c>dataset</c>, <c>space</c> or <c>kernel</c>.</param>
    /// <exception cref="Failure">The id or the type is invalid (exit code 2).</exception>
    public static RepositoryId Parse(string text, string? type = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, ParseType(type) ?? RepositoryType.Model);
    }

    internal static RepositoryId Parse(string text, RepositoryType type) =>
        text.Split('/') switch
        {
            [var name] => new RepositoryId(type, null, name),
            [var owner, var name] => new RepositoryId(type, owner, name),
            _ => throw RepositoryName.Invalid(text, "more than one '/'", "write ORG/NAME"),
        };

    /// <summary>The repository of a folder in a Hugging Face cache, see <see cref="CacheName"/>.</summary>
    /// <param name="folder">The folder's name.</param>
    /// <exception cref="Failure">It is not one (exit code 2).</exception>
    internal static RepositoryId OfCacheName(string folder) =>
        folder.Split("--") is [var type, .. { Length: 1 or 2 } names]
            ? Parse(string.Join('/', names), type)
            : throw RepositoryName.Invalid(folder, "not a folder of a cache", "ls ~/.cache/huggingface/hub");

    internal static RepositoryType? ParseType(string? word) =>
        word switch
        {
            null or "" => null,
            "model" or "models" => RepositoryType.Model,
            "dataset" or "datasets" => RepositoryType.Dataset,
            "space" or "spaces" => RepositoryType.Space,
            "kernel" or "kernels" => RepositoryType.Kernel,
            _ => throw new Failure(
                ExitCode.Usage,
                $"invalid repository type '{Printable.Escape(word)}'",
                "use model, dataset, space or kernel"
            ),
        };

    /// <summary><c>org/name</c>, or <c>datasets/org/name</c> and the like, as in the addresses of the Hub's
    /// pages.</summary>
    public string Address => Type == RepositoryType.Model ? ToString() : $"{Plural}/{this}";

    /// <summary><c>org/name</c>, or <c>name</c> alone.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
