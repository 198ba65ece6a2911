using System.Text.RegularExpressions;
using NixAiModels.Hub;
using NixAiModels.Paths;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Finds weights that are selected in more than one precision: fp16 twins as diffusers names them, variants of
/// ONNX models as transformers.js names them, several quantizations of a GGUF model.</summary>
internal static partial class DuplicatePrecisions
{
    // The usual choice where somebody needs one and has not chosen.
    private const string UsualQuantization = "Q4_K_M";

    internal static IEnumerable<string> Of(IReadOnlyList<HubFile> selected, IReadOnlySet<string> taken)
    {
        var sets = selected
            .Select(file => WeightFile.Of(file.Path))
            .Select(weights => weights.Base + weights.Extension)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Twins(selected, sets, HalfPrecision(), "{0}.{1}{2}"),
            .. Twins(selected, sets, OnnxVariant(), "{0}_{1}{2}"),
            .. Quantizations(selected, taken),
        ];
    }

    /// <summary>Files beside which the same without its label is selected.</summary>
    /// <param name="selected">The files.</param>
    /// <param name="sets">Their paths without the numbers of shards.</param>
    /// <param name="name">Groups 1 to 3: the stem, the label, the extension of the weights.</param>
    /// <param name="form">How stem, label and extension make a path.</param>
    private static IEnumerable<string> Twins(
        IReadOnlyList<HubFile> selected,
        HashSet<string> sets,
        Regex name,
        string form
    )
    {
        var twins = selected
            .Select(file => (File: file, Match: name.Match(file.Path)))
            .Where(each => each.Match.Success && sets.Contains(Group(each.Match, 1) + Group(each.Match, 3)))
            .ToArray();
        if (twins.Length == 0)
            yield break;

        var files = twins.Select(twin => twin.File).ToHashSet();
        var patterns = twins
            .GroupBy(twin => (Label: Group(twin.Match, 2), Extension: Group(twin.Match, 3)))
            .SelectMany(label =>
            {
                var wide = Pattern("*", label.Key.Label, label.Key.Extension);
                var glob = Glob.Parse(wide);
                return selected.Where(file => glob.Matches(file.Path)).All(files.Contains)
                    ? [wide]
                    : label.Select(twin =>
                        Pattern(Fnmatch.Literally(Group(twin.Match, 1)), label.Key.Label, label.Key.Extension)
                    );
            });
        yield return $"{AdviceText.Sum(files)}: the same weights as files beside them in another precision, "
            + $"{Labels(twins.Select(twin => (Group(twin.Match, 2), twin.File)))}; "
            + $"to leave them out: {AdviceText.Options("exclude", [.. patterns.Distinct(StringComparer.Ordinal)])}";

        // The star after the label stands for the number of a shard; the one at the end for external data.
        string Pattern(string stem, string label, string extension) =>
            string.Format(null, form, stem, label, extension == ".onnx" ? ".onnx*" : "*" + extension);
    }

    private static IEnumerable<string> Quantizations(IReadOnlyList<HubFile> selected, IReadOnlySet<string> taken)
    {
        var models = selected
            .Select(file => (File: file, Weights: WeightFile.Of(file.Path)))
            .Where(each => each.Weights.Extension == ".gguf")
            .Select(each => (each.File, each.Weights.Name, Match: GgufModel.Quantization().Match(each.Weights.Name)))
            .Where(each => each.Match.Success)
            .GroupBy(each => each.Name[..each.Match.Index], each => (Group(each.Match, 1), each.File));
        foreach (var model in models)
        {
            var sizes = model
                .GroupBy(each => each.Item1, each => each.File.Size, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(label => label.Key, label => label.Sum(), StringComparer.OrdinalIgnoreCase);
            if (sizes.Count < 2)
                continue;
            var kept = sizes.ContainsKey(UsualQuantization) ? UsualQuantization : sizes.MinBy(size => size.Value).Key;
            var others = model
                .Where(each => !each.Item1.Equals(kept, StringComparison.OrdinalIgnoreCase))
                .Select(each => each.File);
            yield return $"{sizes.Count} quantizations of {Printable.Escape(model.Key)} are selected: {Labels(model)}; "
                + $"to take {kept} alone: "
                + AdviceText.Options("exclude", AdviceText.Patterns(others, taken));
        }
    }

    private static string Labels(IEnumerable<(string Label, HubFile File)> files) =>
        string.Join(
            ", ",
            files
                .GroupBy(each => each.Label, each => each.File.Size, StringComparer.OrdinalIgnoreCase)
                .Select(label => $"{label.Key} {Amounts.Size(label.Sum())}")
        );

    private static string Group(Match match, int number) => match.Groups[number].Value;

    [GeneratedRegex(@"\A(.*)\.(fp16|bf16)(?:-[0-9]+-of-[0-9]+)?(\.safetensors|\.bin)\z", RegexOptions.Singleline)]
    private static partial Regex HalfPrecision();

    [GeneratedRegex(
        @"\A(.*)_(fp16|int8|uint8|q4|q4f16|bnb4|quantized)(\.onnx)(?:_data(?:_[0-9]+)?|\.data)?\z",
        RegexOptions.Singleline
    )]
    private static partial Regex OnnxVariant();
}
