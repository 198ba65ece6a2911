using NixAiModels.Hub;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Chooses a model of a GGUF repository by its quantization, as <c>ORG/NAME:Q4_K_M</c> names it.</summary>
internal static class GgufChoice
{
    private const string Usual = "Q4_K_M";

    /// <summary>The files of a quantization: the one model with that word in its name, or else in its folder.</summary>
    /// <param name="repository">The repository, for messages.</param>
    /// <param name="listing">All of its files.</param>
    /// <param name="quant">A word of a file's name, or a file's whole name.</param>
    /// <exception cref="Failure">No model has it (exit code 3), or several have it (2).</exception>
    internal static IReadOnlyList<HubFile> Model(string repository, IReadOnlyList<HubFile> listing, string quant) =>
        One(Models(listing), quant, "quantization", each => ["nix-prefetch-hf", $"{repository}:{each.Name}"]);

    /// <summary>The files of a projector.</summary>
    /// <param name="listing">All files of the repository.</param>
    /// <param name="word">A word of its name, such as <c>F16</c>; <c>mmproj</c> for the only one.</param>
    /// <exception cref="Failure">No projector has it (exit code 3), or several have it (2).</exception>
    internal static IReadOnlyList<HubFile> Projector(IReadOnlyList<HubFile> listing, string word) =>
        One([.. Projectors(listing)], word, "projector", each => ["--mmproj", each.Name]);

    /// <summary>The projectors of a listing: a quantization does not contain them.</summary>
    internal static IEnumerable<GgufModel> Projectors(IReadOnlyList<HubFile> listing) =>
        GgufModel.In(listing).Where(model => model.IsProjector);

    /// <summary>Those of some selected files that a quantization and a projector stand for.</summary>
    internal static IEnumerable<HubFile> Among(IReadOnlyList<HubFile> selected, string? quant, string? projector) =>
        GgufModel
            .In(selected)
            .Where(model => (model.IsProjector ? projector : quant) is { } word && Find([model], word).Length > 0)
            .SelectMany(model => model.Files);

    /// <summary>Refuses to take all models of a GGUF repository where nothing was chosen.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="listing">All of its files.</param>
    /// <exception cref="Failure">There are several (exit code 2); the message is the table of them.</exception>
    internal static void Require(RepositoryId repository, IReadOnlyList<HubFile> listing)
    {
        var models = Models(listing);
        var hasOtherWeights = listing.Any(file => WeightFile.Of(file.Path).Rank is not null);
        if (models.Length < 2 || hasOtherWeights || repository.Type != RepositoryType.Model)
            return;
        var usual = Find(models, Usual) is [var only] ? only : models.MinBy(model => model.Size)!;
        var word = Find(models, usual.Label).Length == 1 ? usual.Label : usual.Name;
        throw new Failure(
            ExitCode.Usage,
            $"{repository} has {models.Length} models, {Amounts.Size(models.Sum(model => model.Size))} together:\n"
                + Table(models)
                + string.Concat(Projectors(listing).Select(each => $"\n  apart: {Path(each)}")),
            ShellText.Command(["nix-prefetch-hf", $"{repository}:{word}"])
                + "\n"
                + ShellText.Command(["nix-prefetch-hf", repository.ToString(), "--include", "*"])
                + "   # all of them"
        );
    }

    private static GgufModel[] Models(IReadOnlyList<HubFile> listing) =>
        [.. GgufModel.In(listing).Where(model => !model.IsProjector)];

    private static IReadOnlyList<HubFile> One(
        GgufModel[] models,
        string word,
        string what,
        Func<GgufModel, string[]> words
    ) =>
        Find(models, word) switch
        {
            [var only] => only.Files,
            [] => throw new Failure(
                ExitCode.NotFound,
                models.Length == 0
                    ? $"no GGUF {what} in the repository"
                    : $"no {what} '{Printable.Escape(word)}' in the repository; it has\n{Table(models)}",
                models.Length == 0 ? null : ShellText.Command(words(models[0]))
            ),
            var several => throw new Failure(
                ExitCode.Usage,
                $"'{Printable.Escape(word)}' names {several.Length} files:\n"
                    + string.Join('\n', several.Select(each => $"  {Path(each)}  {Amounts.Size(each.Size)}")),
                string.Join('\n', several.Select(each => ShellText.Command(words(each))))
            ),
        };

    private static GgufModel[] Find(IReadOnlyList<GgufModel> models, string word)
    {
        // A whole name is what is meant, even if it is a part of another one.
        var stem = word.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? WeightFile.Of(word).Base : word;
        foreach (
            var isMeant in (Func<GgufModel, bool>[])
                [
                    model => model.Name.Equals(stem, StringComparison.OrdinalIgnoreCase),
                    model => model.IsNamed(stem),
                    model => model.IsInFolder(stem),
                ]
        )
        {
            GgufModel[] found = [.. models.Where(isMeant)];
            if (found.Length > 0)
                return found;
        }

        return [];
    }

    /// <summary>The labels with sizes; names where two models have the same label.</summary>
    private static string Table(GgufModel[] models)
    {
        var labels = models.Select(model => model.Label).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        (string Label, GgufModel Model)[] rows =
        [
            .. models
                .OrderBy(model => model.Size)
                .Select(model => (Printable.Escape(labels == models.Length ? model.Label : model.Name), model)),
        ];
        var width = rows.Max(row => row.Label.Length);
        return string.Join('\n', rows.Select(row => $"  {row.Label.PadRight(width)}  {Amount(row.Model)}"));
    }

    private static string Amount(GgufModel model) =>
        Amounts.Size(model.Size).PadLeft(9) + (model.Files.Count > 1 ? $"  {model.Files.Count} parts" : "");

    private static string Path(GgufModel model) => Printable.Escape(model.Files[0].Path);
}
