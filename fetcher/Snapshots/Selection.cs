using NixAiModels.Hub;
using NixAiModels.Nar;
using NixAiModels.Paths;
using NixAiModels.Terminal;

namespace NixAiModels.Snapshots;

/// <summary>Which files of a repository are taken: those that <paramref name="Files"/> or <paramref name="Include"/>
/// name (all, where both are empty), without those that <paramref name="Exclude"/> names. Patterns are those of
/// <see cref="Glob"/>.</summary>
/// <param name="Files">Exact paths or patterns, each of which must match.</param>
/// <param name="Include">Patterns of which some must match.</param>
/// <param name="Exclude">Patterns that may match nothing.</param>
public sealed record Selection(
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Include,
    IReadOnlyList<string> Exclude
)
{
    /// <summary>Whether it is an error to take some parts of weights that are split over several files, not a
    /// warning.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The quantization of a GGUF repository, such as <c>Q4_K_M</c>: the files of the one model with that word
    /// in its name are taken; <see langword="null"/> for none.</summary>
    public string? Quant { get; init; }

    /// <summary>A word in the name of the GGUF projector (<c>mmproj-F16.gguf</c>) that is taken too, or
    /// <see langword="null"/>.</summary>
    public string? Mmproj { get; init; }

    /// <summary>Whether it is an error to choose nothing where a GGUF repository has several models.</summary>
    public bool RequiresChoice { get; init; }

    private bool OnlyExactPaths { get; init; }

    /// <summary>What is selected, with the words for it in definitions: the lists of patterns, and one word each for a
    /// quantization and a projector.</summary>
    public IEnumerable<(string Word, IReadOnlyList<string> Patterns)> Lists =>
        [
            ("files", Files),
            ("include", Include),
            ("exclude", Exclude),
            ("quant", Quant is null ? [] : [Quant]),
            ("mmproj", Mmproj is null ? [] : [Mmproj]),
        ];

    /// <summary>Whether it takes the whole repository.</summary>
    public bool IsWhole => Lists.All(list => list.Patterns.Count == 0);

    /// <summary>The same selection with the files that the quantization and the projector stand for, as a pin names
    /// them: it selects by no word of their names any more.</summary>
    /// <param name="selected">What it selected.</param>
    public Selection Resolved(IReadOnlyList<HubFile> selected) =>
        Quant is null && Mmproj is null
            ? this
            : new Selection(
                [.. Files.Union(GgufChoice.Among(selected, Quant, Mmproj).Select(file => file.Path))],
                Include,
                Exclude
            )
            {
                IsStrict = IsStrict,
            };

    /// <summary>Selects one file by its exact path, whatever characters are in it.</summary>
    /// <param name="path">The path.</param>
    public static Selection OfFile(string path) => OfFiles([path]);

    /// <summary>Selects files by their exact paths. They are known to be what is meant: nothing is advised.</summary>
    /// <param name="paths">The paths.</param>
    public static Selection OfFiles(IReadOnlyList<string> paths) => new(paths, [], []) { OnlyExactPaths = true };

    /// <summary>Selects from a listing that <see cref="ListingCheck"/> has passed.</summary>
    /// <param name="listing">All files of the repository.</param>
    /// <param name="repository">The repository's name, for the next step of a message.</param>
    /// <returns>The files in the order of a NAR, and what is probably a mistake.</returns>
    /// <exception cref="Failure">Exit code 3: something that must match matches nothing, nothing is left, or
    /// <see cref="IsStrict"/> and parts of weights would be missing; 2: a quantization names several
    /// models.</exception>
    public SelectedFiles Apply(IReadOnlyList<HubFile> listing, string repository = "ORG/NAME")
    {
        var howToList = $"nix-prefetch-hf {repository} --dry-run   # lists what is there";
        var takesAll = Files.Count + Include.Count == 0 && Quant is null && Mmproj is null;
        var taken = takesAll ? [.. listing] : new HashSet<HubFile>();
        var byPath = listing.ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (var pattern in Files)
            taken.UnionWith(MatchesOfFile(pattern, listing, byPath, howToList));
        if (Quant is not null)
            taken.UnionWith(GgufChoice.Model(repository, listing, Quant));
        if (Mmproj is not null)
            taken.UnionWith(GgufChoice.Projector(listing, Mmproj));

        var included = Include.Select(pattern => (Pattern: pattern, Matches: MatchesOf(pattern, listing))).ToArray();
        foreach (var (_, matches) in included)
            taken.UnionWith(matches);
        if (taken.Count == 0)
            throw NothingMatches(listing, howToList);

        var before = taken.Count;
        foreach (var pattern in Exclude)
            taken.ExceptWith(MatchesOf(pattern, listing));
        if (taken.Count == 0)
        {
            throw new Failure(
                ExitCode.NotFound,
                $"exclude leaves nothing of the {Amounts.Count(before, "file")} that are selected: {Quoted(Exclude)}",
                howToList
            );
        }

        var files = NarOrder.Sort(taken, file => file.Path);
        if (OnlyExactPaths)
            return new SelectedFiles(files, []);
        var idle = included
            .Where(include => include.Matches.Length == 0)
            .Select(include =>
                $"include {Quoted([include.Pattern])} matches none of the "
                + $"{Amounts.Count(listing.Count, "file")} of the repository; "
                + $"{Amounts.Count(files.Count, "file")} selected without it{NearMisses.Ask(include.Pattern, listing)}"
            );
        string[] incomplete = [.. SelectionAdvice.OfIncomplete(listing, files)];
        return IsStrict && incomplete.Length > 0
            ? throw new Failure(ExitCode.NotFound, string.Join('\n', incomplete), howToList)
            : new SelectedFiles(files, [.. idle, .. incomplete, .. SelectionAdvice.Of(listing, files)]);
    }

    private HubFile[] MatchesOfFile(
        string pattern,
        IReadOnlyList<HubFile> listing,
        Dictionary<string, HubFile> byPath,
        string howToList
    )
    {
        // Brackets and question marks stand in real names too: a file of exactly this name is what is meant.
        HubFile[] matches = byPath.TryGetValue(pattern, out var file) ? [file] : [];
        if (matches.Length == 0 && !OnlyExactPaths)
            matches = MatchesOf(pattern, listing);
        return matches.Length > 0
            ? matches
            : throw new Failure(
                ExitCode.NotFound,
                $"{Printable.Escape(pattern)}: not in the repository{NearMisses.Ask(pattern, listing)}",
                howToList
            );
    }

    private Failure NothingMatches(IReadOnlyList<HubFile> listing, string howToList) =>
        listing.Count == 0
            ? new Failure(
                ExitCode.NotFound,
                "the repository has no files at this revision",
                "look at its page: the files may be on another branch"
            )
            : new Failure(
                ExitCode.NotFound,
                $"include {Quoted(Include)} matches none of the "
                    + $"{Amounts.Count(listing.Count, "file")} of the repository"
                    + NearMisses.Ask(Include[0], listing),
                howToList
            );

    private static HubFile[] MatchesOf(string pattern, IReadOnlyList<HubFile> listing)
    {
        var glob = Glob.Parse(pattern);
        return [.. listing.Where(file => glob.Matches(file.Path))];
    }

    private static string Quoted(IEnumerable<string> patterns) =>
        string.Join(", ", patterns.Select(pattern => $"\"{Printable.Escape(pattern)}\""));
}
