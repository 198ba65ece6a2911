using System.Text.Json;
using NixAiModels.Paths;

namespace NixAiModels.Validation.Formats;

/// <summary>The index of sharded weights, <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>:
/// JSON whose <c>weight_map</c> names for every tensor the shard that holds it, relative to the index.</summary>
/// <param name="Shards">The names of the tensors, by shard as written.</param>
/// <param name="TotalSize">The stated bytes of all tensors, or <see langword="null"/>.</param>
internal sealed record ShardIndex(IReadOnlyDictionary<string, HashSet<string>> Shards, UInt128? TotalSize)
{
    private const string Suffix = ".index.json";

    /// <summary>Whether a path has the name of an index.</summary>
    public static bool Is(string path) =>
        IsOfSafetensors(path) || path.EndsWith(".bin" + Suffix, StringComparison.Ordinal);

    /// <summary>Whether a path has the name of an index of safetensors files.</summary>
    public static bool IsOfSafetensors(string path) => path.EndsWith(".safetensors" + Suffix, StringComparison.Ordinal);

    /// <summary>The path of the weights as if they were in one file: <c>model.safetensors</c>.</summary>
    /// <param name="index">The path of an index.</param>
    public static string WeightsOf(string index) => index[..^Suffix.Length];

    /// <summary>Reads an index.</summary>
    /// <exception cref="BrokenFileException">It is not a valid index.</exception>
    public static ShardIndex Parse(ReadOnlyMemory<byte> content)
    {
        using var json = StrictJson.Parse(content);
        if (
            json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty("weight_map", out var map)
            || map.ValueKind != JsonValueKind.Object
        )
        {
            throw new BrokenFileException("weight_map", "no map from tensors to files");
        }

        var shards = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
            {
                throw new BrokenFileException(
                    $"weight_map {Printable.Escape(entry.Name)}",
                    "the shard's name is not a string"
                );
            }

            var shard = entry.Value.GetString()!;
            if (!shards.TryGetValue(shard, out var tensors))
                shards[shard] = tensors = new(StringComparer.Ordinal);
            tensors.Add(entry.Name);
        }

        return new ShardIndex(shards, ReadTotalSize(json.RootElement));
    }

    /// <summary>The shards that are not among the files, sorted.</summary>
    /// <param name="index">The path of the index.</param>
    /// <param name="paths">The paths of all files.</param>
    public IReadOnlyList<string> Missing(string index, IEnumerable<string> paths)
    {
        var folder = index[..(index.LastIndexOf('/') + 1)];
        var present = paths.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Shards
                .Keys.Where(shard => RelativePath.Resolve(folder, shard) is not { } path || !present.Contains(path))
                .Select(shard => folder + shard)
                .Order(StringComparer.Ordinal),
        ];
    }

    // Some writers divide and get 123.0.
    private static UInt128? ReadTotalSize(JsonElement index)
    {
        if (
            !index.TryGetProperty("metadata", out var metadata)
            || metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty("total_size", out var size)
        )
        {
            return null;
        }

        return
            size.ValueKind == JsonValueKind.Number
            && size.TryGetDecimal(out var number)
            && number >= 0
            && number == decimal.Truncate(number)
            ? (UInt128)number
            : throw new BrokenFileException("metadata.total_size", "total_size is not a number of bytes");
    }
}
