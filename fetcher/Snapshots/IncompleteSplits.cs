using NixAiModels.Hub;
using NixAiModels.Paths;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Finds weights that are split over several files of which some, but not all, would be there: no program
/// loads them.</summary>
internal static class IncompleteSplits
{
    // Not those of data sets: a part of a table is useful.
    private static readonly string[] Extensions =
    [
        ".safetensors",
        ".gguf",
        ".bin",
        ".pt",
        ".pth",
        ".ckpt",
        ".h5",
        ".msgpack",
    ];

    internal static IEnumerable<string> Of(IReadOnlyList<HubFile> listing, IReadOnlySet<string> taken)
    {
        var sets = listing
            .Select(file => (File: file, Weights: WeightFile.Of(file.Path)))
            .Where(part => part.Weights.Total > 1 && Extensions.Contains(part.Weights.Extension))
            .GroupBy(part => part.Weights with { Number = null });
        foreach (var set in sets)
        {
            HubFile[] parts = [.. set.Select(part => part.File)];
            HubFile[] omitted = [.. parts.Where(part => !taken.Contains(part.Path))];
            if (omitted.Length == parts.Length)
                continue;

            var total = set.Key.Total!.Value;
            var all = $"{Fnmatch.Literally(set.Key.Base)}-*-of-*{set.Key.Extension}";
            if (omitted.Length > 0)
            {
                var names = AdviceText.Names(omitted.Select(part => part.Path), omitted.Length);
                var size = Amounts.Size(omitted.Sum(part => part.Size));
                var selected = Printable.Escape(parts.First(each => taken.Contains(each.Path)).Path);
                yield return $"{selected} is selected without {omitted.Length} of its {total} parts: "
                    + $"{names} ({size}); to take all: {AdviceText.Options("include", [all])}";
            }

            // Most libraries count from 1, some from 0.
            var numbers = set.Select(part => part.Weights.Number!.Value).ToHashSet();
            var first = numbers.Contains(0) ? 0 : 1;
            var lacking = total - numbers.Count(number => number >= first && number < first + total);
            if (lacking > 0)
            {
                var names = Absent(first, numbers)
                    .Take((int)Math.Min(lacking, int.MaxValue))
                    .Select(number => WeightFile.OtherShard(parts[0].Path, number));
                yield return $"the repository itself lacks {lacking} of {total} parts: "
                    + AdviceText.Names(names, lacking);
            }
        }
    }

    private static IEnumerable<long> Absent(long first, HashSet<long> numbers)
    {
        for (var number = first; ; number++)
        {
            if (!numbers.Contains(number))
                yield return number;
        }
    }
}
