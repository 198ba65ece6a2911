using System.Text.Json.Serialization;
using NixAiModels.Snapshots;
using NixAiModels.Store;

namespace NixAiModels.Commands;

/// <summary>What <c>nix-ai-models list --format json</c> prints.</summary>
internal sealed record StoreListJson(
    IReadOnlyList<StoreListJson.ModelJson> Models,
    IReadOnlyList<StoreListJson.PartialJson> PartialDownloads
)
{
    public static StoreListJson Of(
        IEnumerable<StoreModel> models,
        ILookup<string, string> links,
        IEnumerable<PartialDownload> partial
    ) =>
        new(
            [
                .. models.Select(model => new ModelJson(
                    model.Repository,
                    model.Repository is null ? null : model.Type,
                    model.Revision,
                    model.IsSelection,
                    model.Size,
                    model.StorePath,
                    model.Views,
                    model.Roots,
                    [.. links[model.StorePath]]
                )),
            ],
            [.. partial.Select(each => new PartialJson(each.Name, each.Size, each.Folder))]
        );

    /// <summary>A model; a single file has no repository.</summary>
    internal sealed record ModelJson(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Repo,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RepoType,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rev,
        bool Partial,
        long Size,
        string Path,
        IReadOnlyList<string> Views,
        IReadOnlyList<string> Roots,
        IReadOnlyList<string> Links
    );

    /// <summary>A partial download.</summary>
    internal sealed record PartialJson(string Name, long Size, string Folder);
}
