using System.Text.Json;

namespace NixAiModels.Snapshots;

/// <summary>The index of sharded weights, <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>:
/// JSON whose
/// <c>weight_map</c> names for every tensor the shard that holds it, relative to the index.</summary>
public static class ShardIndex
{
    private const string Suffix = ".index.json";

    /// <summary>Whether a path is one of an index.</summary>
    /// <param name="path">A path in a repository.</param>
    public static bool Is(string path) =>
        path.EndsWith(".safetensors" + Suffix, StringComparison.Ordinal)
        || path.EndsWith(".bin" + Suffix, StringComparison.Ordinal);

    /// <summary>The path of the weights as if they were in one file: <c>model.safetensors</c>.</summary>
    /// <param name="index">The path of an index.</param>
    public static string WeightsOf(string index) => index[..^Suffix.Length];

    /// <summary>The shards that an index names and that are not there, ordered, each once.</summary>
    /// <param name="index">The path of the index.</param>
    /// <param name="json">Its content.</param>
    /// <param name="paths">The paths that are there.</param>
    /// <exception cref="Failure">The content is no index (validation).</exception>
    public static IReadOnlyList<string> MissingShards(
        string index,
        ReadOnlyMemory<byte> json,
        IEnumerable<string> paths
    )
    {
        var folder = index[..(index.LastIndexOf('/') + 1)];
        var there = paths.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. ShardsIn(index, json)
                .Select(shard => folder + shard)
                .Where(path => !there.Contains(path))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private static List<string> ShardsIn(string index, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return
            [
                .. document
                    .RootElement.GetProperty("weight_map")
                    .EnumerateObject()
                    .Select(tensor => tensor.Value.GetString() ?? throw new JsonException()),
            ];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new Failure(
                ExitCode.Validation,
                $"{Printable.Escape(index)} is no index of shards: it has no weight_map that names them",
                "look at the file; take another revision, or leave it out with exclude",
                error
            );
        }
    }
}
