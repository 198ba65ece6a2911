using NixAiModels.Hub;
using NixAiModels.Paths;
using NixAiModels.Validation.Formats;

namespace NixAiModels.Snapshots;

/// <summary>Says what in a selection is probably a mistake. Judges by names: nothing has been downloaded yet.</summary>
public static class SelectionAdvice
{
    /// <summary>The warnings about a selection, a sentence each, with sizes and the patterns that mend it.</summary>
    /// <param name="listing">All files of the repository.</param>
    /// <param name="selected">Those that are taken.</param>
    public static IEnumerable<string> Of(IReadOnlyList<HubFile> listing, IReadOnlyList<HubFile> selected)
    {
        var taken = Paths(selected);
        return
        [
            .. DuplicateFormats.Of(selected, taken),
            .. DuplicatePrecisions.Of(selected, taken),
            .. OnnxWithoutData(listing, taken),
            .. IndexesWithoutShards(listing, taken),
        ];
    }

    /// <summary>The warnings about weights of which some parts would be missing; <c>--strict</c> makes them
    /// errors.</summary>
    /// <param name="listing">All files of the repository.</param>
    /// <param name="selected">Those that are taken.</param>
    public static IEnumerable<string> OfIncomplete(IReadOnlyList<HubFile> listing, IReadOnlyList<HubFile> selected) =>
        IncompleteSplits.Of(listing, Paths(selected));

    private static HashSet<string> Paths(IEnumerable<HubFile> files) =>
        files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);

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
                    + $"{AdviceText.Sum(missing)}: it will not load; "
                    + $"to take both: {AdviceText.Options("include", [Fnmatch.Literally(model) + "*"])}";
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
            if (there.Length > 0 && !there.Any(file => taken.Contains(file.Path)))
            {
                yield return $"{Printable.Escape(index)} is selected without its shards: {AdviceText.Sum(there)}";
            }
        }
    }
}
