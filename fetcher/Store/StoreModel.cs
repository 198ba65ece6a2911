using System.Text.RegularExpressions;

namespace NixAiModels.Store;

/// <summary>A model in the store: a snapshot, or one file of weights.</summary>
/// <param name="StorePath">Its store path.</param>
/// <param name="Repository"><c>ORG/NAME</c> as its name tells; <see langword="null"/> for a file.</param>
/// <param name="Type"><c>model</c>, <c>dataset</c>, <c>space</c> or <c>kernel</c>.</param>
/// <param name="Revision">The commit, or the branch; <see langword="null"/> for a file.</param>
/// <param name="IsSelection">Whether it is a selection of the repository's files.</param>
public sealed partial record StoreModel(
    string StorePath,
    string? Repository,
    string Type,
    string? Revision,
    bool IsSelection
)
{
    /// <summary>The bytes of its files, those that it links to included.</summary>
    public long Size { get; init; }

    /// <summary>The models and views that need it, by their names.</summary>
    public IReadOnlyList<string> Views { get; init; } = [];

    /// <summary>The garbage collector's roots that keep it.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>The model of a store path's name; <see langword="null"/> if it is not one.</summary>
    /// <remarks>The names are those of <see cref="DerivationName"/>.</remarks>
    /// <param name="storePath">A store path.</param>
    internal static StoreModel? Parse(string storePath)
    {
        var name = System.IO.Path.GetFileName(storePath);
        if (Snapshot().Match(name) is { Success: true } match)
        {
            var groups = match.Groups;
            var owner = groups["owner"].Success ? groups["owner"].Value + "/" : "";
            return groups["rev"].Value == "regular"
                ? null
                : new StoreModel(
                    storePath,
                    owner + groups["name"].Value,
                    groups["type"].Success ? groups["type"].Value : "model",
                    groups["rev"].Value,
                    groups["digest"].Success
                );
        }

        return Weights().IsMatch(name) ? new StoreModel(storePath, null, "model", null, false) : null;
    }

    [GeneratedRegex(
        @"\A[0-9a-z]{32}-hf(-(?<type>dataset|space|kernel))?\+((?<owner>[^+]+)\+)?(?<name>[^+]+)"
            + @"\+(?<rev>[^+=]+)(=(?<digest>[0-9a-f]{32}))?\z"
    )]
    private static partial Regex Snapshot();

    [GeneratedRegex(@"\A[0-9a-z]{32}-.+\.(gguf|safetensors)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Weights();
}
