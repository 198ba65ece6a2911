using NixAiModels.Hub;

namespace NixAiModels.Snapshots;

/// <summary>Finds weights that are selected in more than one format. A line for each format that could be left
/// out.</summary>
internal static class DuplicateFormats
{
    internal static IEnumerable<string> Of(IReadOnlyList<HubFile> selected, IReadOnlySet<string> taken)
    {
        var duplicates = new List<(HubFile File, (int?, string) Format, HubFile[] Best)>();
        foreach (
            var model in selected
                .Select(file => (File: file, Weights: WeightFile.Of(file.Path)))
                .Where(each => each.Weights.Rank is not null)
                .GroupBy(each => each.Weights.Group, StringComparer.Ordinal)
        )
        {
            var rank = model.Min(each => each.Weights.Rank);
            HubFile[] best = [.. model.Where(each => each.Weights.Rank == rank).Select(each => each.File)];
            duplicates.AddRange(
                model
                    .Where(each => each.Weights.Rank > rank)
                    .Select(each => (each.File, (each.Weights.Rank, each.Weights.Extension), best))
            );
        }

        foreach (var format in duplicates.GroupBy(each => each.Format))
        {
            HubFile[] files = [.. format.Select(each => each.File)];
            HubFile[] best = [.. format.SelectMany(each => each.Best).Distinct()];
            yield return $"{AdviceText.Sum(files)}: most probably the same weights as {AdviceText.Sum(best)}; "
                + $"to leave them out: {AdviceText.Options("exclude", AdviceText.Patterns(files, taken))}";
        }
    }
}
