using NixAiModels.Paths;

namespace NixAiModels.Validation.Formats;

/// <summary>An index of shards (<c>model.safetensors.index.json</c>): every shard is there, holds what it is said to
/// hold, and the sizes add up.</summary>
internal static class ShardIndexCheck
{
    private const int LongestIndex = 256 * 1024 * 1024;

    private const string Why =
        "A loader reads each tensor from the shard that the index names; with a wrong index it fails or "
        + "loads the wrong data.";

    private const string Fix =
        "Select the index with all of its shards, or none of them. If all are present, the published model "
        + "is broken.";

    /// <summary>Checks one index against the files beside it.</summary>
    /// <exception cref="BrokenFileException">It is not a valid index.</exception>
    public static void Check(ModelTree tree, ModelFile file, FindingList findings)
    {
        var (shards, totalSize) = ShardIndex.Parse(FileBytes.ReadAll(file.FullPath, LongestIndex));
        UInt128 sum = 0;
        var complete = true;
        foreach (var (shard, tensors) in shards.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (RelativePath.Resolve("", shard) is null)
            {
                findings.Add(
                    Severity.Dangerous,
                    file.Path,
                    $"shard {Printable.Escape(shard)}",
                    "shard outside the model's folder",
                    Why,
                    "Do not use this model."
                );
                complete = false;
            }
            else if (
                ShardIndex.IsOfSafetensors(file.Name)
                || shard.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            )
            {
                complete &= CheckShard(tree, file, shard, tensors, findings, ref sum);
            }
            else
            {
                // Shards of pickles are the pickle scanner's, and a selection without them is common.
                complete = false;
            }
        }

        if (complete && totalSize is { } total && sum != total)
        {
            findings.Add(
                Severity.Suspicious,
                file.Path,
                "metadata.total_size",
                $"stated size of {total} bytes does not match the {sum} bytes of the shards",
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
        if (tree.Find(RelativePath.Resolve(index.Folder, shard)!) is not { HasContent: true } file)
        {
            findings.Add(Severity.Suspicious, index.Path, place, "shard is missing", Why, Fix);
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
                $"shard is an invalid safetensors file: {error.Message}",
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
                    $"tensor in {Printable.Escape(shard)} is not in the index",
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
                $"tensor is missing from {Printable.Escape(shard)}",
                Why,
                Fix
            );
        }

        return true;
    }
}
