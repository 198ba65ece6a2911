namespace NixAiModels.Hub;

/// <summary>A repository of the Hub; its names are valid ones (<see cref="RepositoryName"/>).</summary>
public sealed record RepositoryId
{
    /// <summary>Makes an id of names that are checked.</summary>
    /// <param name="type">What the repository holds.</param>
    /// <param name="owner">The user or organisation; <see langword="null"/> for old repositories such as
    /// <c>gpt2</c>.</param>
    /// <param name="name">The repository's own name.</param>
    /// <exception cref="Failure">A name is not one that the Hub allows (exit code 2).</exception>
    public RepositoryId(RepositoryType type, string? owner, string name)
    {
        var whole = owner is null ? name : $"{owner}/{name}";
        if (owner is not null)
            RepositoryName.Check(owner, whole);
        RepositoryName.Check(name, whole);
        (Type, Namespace, Name) = (type, owner, name);
    }

    /// <summary>What the repository holds.</summary>
    public RepositoryType Type { get; }

    /// <summary>The user or organisation; <see langword="null"/> for old repositories such as <c>gpt2</c>.</summary>
    public string? Namespace { get; }

    /// <summary>The repository's own name.</summary>
    public string Name { get; }

    /// <summary>The repository's folder in a Hugging Face cache: <c>models--org--name</c> (huggingface_hub,
    /// <c>repo_folder_name</c>).</summary>
    public string CacheName => $"{Plural}--{ToString().Replace("/", "--", StringComparison.Ordinal)}";

    /// <summary><c>models</c>, <c>datasets</c> or <c>spaces</c>: as the Hub's API paths call the type.</summary>
    public string Plural =>
        Type switch
        {
            RepositoryType.Dataset => "datasets",
            RepositoryType.Space => "spaces",
            _ => "models",
        };

    /// <summary><c>model</c>, <c>dataset</c> or <c>space</c>: as options and definitions call the type.</summary>
    public string TypeWord => Plural[..^1];

    /// <summary>Reads an id without a revision: <c>org/name</c> or <c>name</c>.</summary>
    /// <param name="text">The id.</param>
    /// <param name="type"><c>model</c>, <c>dataset</c> or <c>space</c>; a model if not given.</param>
    /// <exception cref="Failure">It is no valid id, or no such type (exit code 2).</exception>
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
            _ => throw RepositoryName.Wrong(text, "has more than one '/'", "write ORG/NAME"),
        };

    internal static RepositoryType? ParseType(string? word) =>
        word switch
        {
            null or "" => null,
            "model" or "models" => RepositoryType.Model,
            "dataset" or "datasets" => RepositoryType.Dataset,
            "space" or "spaces" => RepositoryType.Space,
            _ => throw new Failure(
                ExitCode.Usage,
                $"'{Printable.Escape(word)}' is no type of repository",
                "take model, dataset or space"
            ),
        };

    /// <summary><c>org/name</c>, or <c>name</c> alone.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
