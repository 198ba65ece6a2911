using System.Text.Json.Nodes;

namespace NixAiModels.Tests.Cache;

/// <summary>A model of a manifest.</summary>
internal sealed record TestModel(
    string Name,
    string Repository,
    string Commit,
    string[] Refs,
    bool Partial,
    string Raw,
    string Out,
    string Report,
    string? Derivation,
    JsonObject? Source = null
)
{
    internal string Folder => $"models--{Repository.Replace("/", "--", StringComparison.Ordinal)}";

    internal JsonNode ToJson() =>
        new JsonObject
        {
            ["name"] = Name,
            ["repo"] = Repository,
            ["repoType"] = "model",
            ["rev"] = Commit,
            ["refs"] = new JsonArray([.. Refs.Select(name => JsonValue.Create(name))]),
            ["partial"] = Partial,
            ["out"] = Out,
            ["report"] = Report,
            ["raw"] = Raw,
            ["drv"] = Derivation,
            ["source"] = Source?.DeepClone(),
        };
}
