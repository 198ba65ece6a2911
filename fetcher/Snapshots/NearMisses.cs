using NixAiModels.Hub;
using NixAiModels.Nar;

namespace NixAiModels.Snapshots;

/// <summary>Finds what somebody may have meant who asked for a file that is not there.</summary>
public static class NearMisses
{
    private const int Most = 3;

    // Beyond this no name was typed by hand; it bounds the time as well.
    private const int LongestUnits = 256;

    // What a character costs that is only in the repository's name: people shorten ("model" for "pytorch_model"), they
    // rarely invent.
    private const double Left = 0.25;
    private const double OtherCase = 0.1;
    private const double OtherFolder = 0.5;
    private const double OtherExtension = 1.5;

    /// <summary>The end of a sentence: "; did you mean A or B?", or nothing if nothing is near.</summary>
    /// <param name="wanted">The path or pattern that matched nothing.</param>
    /// <param name="listing">All files of the repository.</param>
    public static string Ask(string wanted, IReadOnlyList<HubFile> listing) =>
        Of(wanted, listing.Select(file => file.Path)) is { Count: > 0 } near
            ? $"; did you mean {string.Join(" or ", near.Select(path => Printable.Escape(path)))}?"
            : "";

    /// <summary>The nearest paths, best first, at most three, none much worse than the best. Numbers are compared as
    /// numbers (<c>1</c> is
    /// <c>00001</c>), another case, folder or extension costs little, and a <c>*</c> stands for anything.</summary>
    /// <param name="wanted">The path or pattern that matched nothing.</param>
    /// <param name="paths">The paths that there are.</param>
    public static IReadOnlyList<string> Of(string wanted, IEnumerable<string> paths)
    {
        var all = paths.ToArray();
        if (all.Any(path => path.StartsWith(wanted + "/", StringComparison.Ordinal)))
            return [wanted + "/"];

        var units = Units(wanted);
        var limit = Math.Max(1.6, 0.34 * units.Count(unit => unit != "*"));
        var ranked = all.Select(path => (Path: path, Distance: Distance(wanted, path)))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Path, Comparer<string>.Create(NarOrder.Compare))
            .ToArray();
        return
        [
            .. ranked
                .TakeWhile(candidate => candidate.Distance <= (ranked[0].Distance * 1.5) + 0.05)
                .Take(Most)
                .Select(candidate => candidate.Path),
        ];
    }

    private static double Distance(string wanted, string path)
    {
        return Math.Min(
            Edits(Units(wanted), Units(path)),
            Math.Min(OtherFolder + Part(FileName), OtherExtension + Part(Stem))
        );

        // A part that is only a star is like everything.
        double Part(Func<string, string> of) =>
            of(wanted).All(c => c == '*') ? double.PositiveInfinity : Edits(Units(of(wanted)), Units(of(path)));
    }

    /// <summary>The cheapest way from one sequence of units to the other (Wagner and Fischer), with <c>*</c> for any
    /// sequence.</summary>
    private static double Edits(List<string> wanted, List<string> path)
    {
        if (wanted.Count > LongestUnits || path.Count > LongestUnits)
            return double.PositiveInfinity;

        var row = new double[path.Count + 1];
        for (var j = 1; j < row.Length; j++)
            row[j] = row[j - 1] + Left;
        foreach (var unit in wanted)
        {
            var isStar = unit == "*";
            var diagonal = row[0];
            if (!isStar)
                row[0] += 1;
            for (var j = 1; j < row.Length; j++)
            {
                var above = row[j];
                row[j] = isStar
                    ? Math.Min(above, row[j - 1])
                    : Math.Min(diagonal + Substitution(unit, path[j - 1]), Math.Min(above + 1, row[j - 1] + Left));
                diagonal = above;
            }
        }

        return row[^1];
    }

    private static double Substitution(string wanted, string actual) =>
        wanted == actual || wanted == "?" ? 0
        : wanted.Equals(actual, StringComparison.OrdinalIgnoreCase) ? OtherCase
        : 1;

    /// <summary>Single characters, and numbers whole without their leading zeros.</summary>
    private static List<string> Units(string text)
    {
        var units = new List<string>();
        var i = 0;
        while (i < text.Length)
        {
            var end = i + 1;
            while (char.IsAsciiDigit(text[i]) && end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            var unit = text[i..end];
            units.Add(char.IsAsciiDigit(unit[0]) ? unit.TrimStart('0').PadLeft(1, '0') : unit);
            i = end;
        }

        return units;
    }

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Stem(string path)
    {
        var name = FileName(path);
        return name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name;
    }
}
