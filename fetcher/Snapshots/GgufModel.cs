using System.Text.RegularExpressions;
using NixAiModels.Hub;

namespace NixAiModels.Snapshots;

/// <summary>One model of a GGUF repository: a file, or all parts of one that is split (llama.cpp,
/// <c>llama_split_path</c>: <c>NAME-00001-of-00003.gguf</c>).</summary>
/// <param name="Stem">The path without the part's number and without the extension.</param>
/// <param name="Files">The file, or its parts.</param>
internal sealed partial record GgufModel(string Stem, IReadOnlyList<HubFile> Files)
{
    /// <summary>The models of a listing, in its order, with projectors.</summary>
    internal static IEnumerable<GgufModel> In(IEnumerable<HubFile> listing) =>
        listing
            .Select(file => (File: file, Weights: WeightFile.Of(file.Path)))
            .Where(each => each.Weights.Extension == ".gguf")
            .GroupBy(each => each.Weights with { Number = null }, each => each.File)
            .Select(parts => new GgufModel(
                parts.Key.Base,
                [.. parts.OrderBy(part => part.Path, StringComparer.Ordinal)]
            ))
            .Where(model => !model.IsImportanceMatrix);

    /// <summary>The name of the file without the part's number and without the extension.</summary>
    internal string Name => Stem[(Stem.LastIndexOf('/') + 1)..];

    /// <summary>Whether it is not a language model but the projector of its pictures and sounds, which llama.cpp takes
    /// as a second file (<c>--mmproj</c>).</summary>
    internal bool IsProjector => Name.Contains("mmproj", StringComparison.OrdinalIgnoreCase);

    // A file that quantizations were made with.
    private bool IsImportanceMatrix =>
        Name.StartsWith("imatrix", StringComparison.OrdinalIgnoreCase)
        || Name.EndsWith("imatrix", StringComparison.OrdinalIgnoreCase);

    /// <summary>The bytes of all parts.</summary>
    internal long Size => Files.Sum(file => file.Size);

    /// <summary>The quantization that the name, or else the folder, ends with, such as <c>Q4_K_M</c> or
    /// <c>UD-Q4_K_XL</c>; else the name.</summary>
    internal string Label =>
        Quantization().Match(Name) is { Success: true } match ? match.Groups[1].Value
        : Quantization().Match(Stem[..^Name.Length].TrimEnd('/')) is { Success: true } folder ? folder.Groups[1].Value
        : Name;

    /// <summary>Whether the name has a word: <c>Q4_K</c> is not one of <c>X-Q4_K_M</c>.</summary>
    internal bool IsNamed(string word) => Has(Name, word);

    /// <summary>Whether a folder that it is in has the word: <c>Q4_K_M/model-00001-of-00002.gguf</c>.</summary>
    internal bool IsInFolder(string word) => Has(Stem[..^Name.Length], word);

    private static bool Has(string text, string word)
    {
        var isLabel = Quantization().Match(word) is { Success: true, Index: 0 };
        var at = word.Length == 0 ? -1 : text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        while (at >= 0)
        {
            var end = at + word.Length;
            // A label goes on with an underscore; some names join it with one as well.
            var begins = at == 0 || !IsInner(text[at - 1]) || (text[at - 1] == '_' && isLabel);
            if (begins && (end == text.Length || !IsInner(text[end])))
                return true;
            at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase);
        }

        return false;
    }

    private static bool IsInner(char character) => character == '_' || char.IsLetterOrDigit(character);

    /// <summary>A quantization at the end of a name; group 1 is its label.</summary>
    [GeneratedRegex(
        @"(?:\A|[-._/])((?:UD-|i1-)?(?:I?Q[1-8](?:_[A-Z0-9]+)*|TQ[12]_0|MXFP4(?:_MOE)?|B?F16|FP16|F32))\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    internal static partial Regex Quantization();
}
