using System.Text.Json;

namespace NixAiModels.Validation.Formats;

/// <summary>An index of shards (<c>model.safetensors.index.json</c>): every shard is there, holds what it is said to
/// hold, and the sizes add up.</summary>
internal static class ShardIndex
{
    private const int LongestIndex = 256 * 1024 * 1024;

    private const string Why =
        "A loader takes each tensor from the file that the index names; what the index does not say truly is loaded wrongly or not at all.";

    private const string Fix =
        "Select the index and all of its shards together, or none of them; if they are all here, the model was published broken.";

    /// <summary>Checks one index against the files beside it.</summary>
    /// <exception cref="BrokenFileException">It is no valid index.</exception>
    public static void Check(ModelTree tree, ModelFile file, FindingList findings)
    {
        var (shards, totalSize) = Read(file);
        var ofSafetensors = file.Name.EndsWith(".safetensors.index.json", StringComparison.Ordinal);
        UInt128 sum = 0;
        var complete = true;
        foreach (var (shard, tensors) in shards.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!RelativePath.StaysInside(shard))
            {
                findings.Add(
                    Severity.Dangerous,
                    file.Path,
                    $"shard {Printable.Escape(shard)}",
                    "names a shard outside the model's folder",
                    Why,
                    "Do not use this model."
                );
                complete = false;
            }
            else if (ofSafetensors || shard.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            {
                complete &= CheckShard(tree, file, shard, tensors, findings, ref sum);
            }
            else
            {
                complete = false; // shards of pickles: their tensors are the pickle scanner's, and a selection without them is common
            }
        }

        if (complete && totalSize is { } total && sum != total)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                "metadata.total_size",
                $"says that the tensors have {total} bytes, and those of the shards have {sum}",
                Why,
                Fix
            );
        }
    }

    private static bool CheckShard(
        ModelTree tree,
        ModelFile index,
        string shard,
        HashSet<string> tensors,
        FindingList findings,
        ref UInt128 sum
    )
    {
        var place = $"shard {Printable.Escape(shard)}";
        if (tree.Find(RelativePath.Join(index.Folder, shard)) is not { HasContent: true } file)
        {
            findings.Add(Severity.Suspicious, index.Path, place, "names a shard that is not there", Why, Fix);
            return false;
        }

        SafetensorsHeader header;
        try
        {
            header = SafetensorsHeader.Read(file.FullPath);
        }
        catch (BrokenFileException error)
        {
            findings.Add(
                Severity.Suspicious,
                index.Path,
                place,
                $"names a shard that is no sound safetensors file: it {error.Message}",
                Why,
                Fix
            );
            return false;
        }

        foreach (var (name, range) in header.Tensors)
        {
            sum += range.End - range.Begin;
            if (!tensors.Remove(name))
            {
                findings.Add(
                    Severity.Suspicious,
                    index.Path,
                    $"tensor {Printable.Escape(name)}",
                    $"does not say that this tensor is in {Printable.Escape(shard)}, and it is",
                    Why,
                    Fix
                );
            }
        }

        foreach (var missing in tensors)
        {
            findings.Add(
                Severity.Suspicious,
                index.Path,
                $"tensor {Printable.Escape(missing)}",
                $"says that this tensor is in {Printable.Escape(shard)}, and it is not",
                Why,
                Fix
            );
        }

        return true;
    }

    private static (Dictionary<string, HashSet<string>> Shards, UInt128? TotalSize) Read(ModelFile file)
    {
        using var json = StrictJson.Read(file, LongestIndex);
        if (
            json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty("weight_map", out var map)
            || map.ValueKind != JsonValueKind.Object
        )
        {
            throw new BrokenFileException("weight_map", "has no map from tensors to files");
        }

        var shards = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
            {
                throw new BrokenFileException(
                    $"weight_map {Printable.Escape(entry.Name)}",
                    "names something that is no file"
                );
            }

            var shard = entry.Value.GetString()!;
            if (!shards.TryGetValue(shard, out var tensors))
                shards[shard] = tensors = new(StringComparer.Ordinal);
            tensors.Add(entry.Name);
        }

        UInt128? total = null;
        if (
            json.RootElement.TryGetProperty("metadata", out var metadata)
            && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("total_size", out var size)
        )
        {
            // Some writers divide and get 123.0.
            total =
                size.ValueKind == JsonValueKind.Number
                && size.TryGetDecimal(out var number)
                && number >= 0
                && number == decimal.Truncate(number)
                    ? (UInt128)number
                    : throw new BrokenFileException(
                        "metadata.total_size",
                        "has a total_size that is no number of bytes"
                    );
        }

        return (shards, total);
    }
}
