using NixAiModels.Hub;
using NixAiModels.Paths;
using NixAiModels.Terminal;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Snapshots;

/// <summary>Says what in a selection is probably a mistake. Judges by names: nothing has been downloaded yet.</summary>
public static class SelectionAdvice
{
    private static readonly string[] PickleExtensions = [".bin", ".pt", ".pth", ".ckpt"];

    /// <summary>The warnings about a selection, a sentence each, with sizes and the patterns that mend it.</summary>
    /// <param name="listing">All files of the repository.</param>
    /// <param name="selected">Those that are taken.</param>
    public static IEnumerable<string> Of(IReadOnlyList<HubFile> listing, IReadOnlyList<HubFile> selected)
    {
        var taken = selected.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. TwiceTheSameWeights(selected, taken),
            .. OnnxWithoutData(listing, taken),
            .. IndexesWithoutShards(listing, taken),
        ];
    }

    private static IEnumerable<string> TwiceTheSameWeights(IReadOnlyList<HubFile> selected, HashSet<string> taken)
    {
        var weights = selected.Select(file => (File: file, Weights: WeightFile.Of(file.Path))).ToArray();
        var safe = weights
            .Where(weight => weight.Weights.Extension == ".safetensors")
            .ToLookup(weight => weight.Weights.Group, weight => weight.File);
        var pickled = weights
            .Where(weight => PickleExtensions.Contains(weight.Weights.Extension))
            .GroupBy(
                weight => (weight.Weights.Group, weight.Weights.Base, weight.Weights.Extension),
                weight => weight.File
            );
        foreach (var group in pickled.Where(group => safe.Contains(group.Key.Group)))
        {
            HubFile[] files = [.. group];
            List<string> patterns =
                files.Length == 1
                    ? [Fnmatch.Literally(files[0].Path)]
                    : [$"{Fnmatch.Literally(group.Key.Base)}-*-of-*{group.Key.Extension}"];
            var index = group.Key.Base + group.Key.Extension + ".index.json";
            if (taken.Contains(index))
                patterns.Add(Fnmatch.Literally(index));
            yield return $"{Sum([.. safe[group.Key.Group]])} and {Sum(files)} are most probably the same "
                + "weights twice; "
                + $"to leave the second out: exclude = {NixText.ListLiteral(patterns)};";
        }
    }

    private static IEnumerable<string> OnnxWithoutData(IReadOnlyList<HubFile> listing, HashSet<string> taken)
    {
        foreach (
            var model in taken
                .Where(path => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
        )
        {
            HubFile[] missing =
            [
                .. listing.Where(file => !taken.Contains(file.Path) && IsExternalDataOf(model, file.Path)),
            ];
            if (missing.Length > 0)
            {
                yield return $"{Printable.Escape(model)} is selected without its external data "
                    + $"{Sum(missing)}: it will not load; "
                    + $"to take both: include = {NixText.ListLiteral([Fnmatch.Literally(model) + "*"])};";
            }
        }
    }

    private static bool IsExternalDataOf(string model, string path) =>
        path.StartsWith(model + "_data", StringComparison.Ordinal)
        || path.StartsWith(model + ".data", StringComparison.Ordinal);

    private static IEnumerable<string> IndexesWithoutShards(IReadOnlyList<HubFile> listing, HashSet<string> taken)
    {
        var shards = listing.ToLookup(
            file => WeightFile.Of(file.Path) is { Total: not null } shard ? shard.Base + shard.Extension : "",
            StringComparer.Ordinal
        );
        foreach (var index in taken.Where(ShardIndex.Is).Order(StringComparer.Ordinal))
        {
            HubFile[] there = [.. shards[ShardIndex.WeightsOf(index)]];
            HubFile[] missing = [.. there.Where(file => !taken.Contains(file.Path))];
            if (missing.Length > 0)
            {
                yield return $"{Printable.Escape(index)} is selected without {missing.Length} of its "
                    + $"{there.Length} shards, {Sum(missing)}";
            }

            foreach (
                var set in there
                    .GroupBy(file => WeightFile.Of(file.Path).Total)
                    .Where(set => set.Key is { } total && set.Count() < total)
            )
            {
                yield return $"the repository itself has {set.Count()} of the {set.Key} shards that the "
                    + $"names beside {Printable.Escape(index)} promise";
            }
        }
    }

    private static string Sum(HubFile[] files)
    {
        var more = files.Length > 1 ? $"and {files.Length - 1} more, " : "";
        return $"{Printable.Escape(files[0].Path)} ({more}{Amounts.Size(files.Sum(file => file.Size))})";
    }
}
