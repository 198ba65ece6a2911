using System.Globalization;

namespace NixAiModels.Bench;

/// <summary>The page of results: a section per comparison, each a table of medians.</summary>
/// <param name="only">Words of the titles of the sections to run, divided by <c>|</c>; <see langword="null"/> for
/// all.</param>
internal sealed class Report(string? only)
{
    /// <summary>How often each way is measured: 3, or what BENCH_ROUNDS says.</summary>
    public static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("BENCH_ROUNDS") ?? "3",
        CultureInfo.InvariantCulture
    );

    private readonly List<string> _lines = [];

    public string Text => string.Join('\n', _lines) + "\n";

    /// <summary>Whether a section is run.</summary>
    public bool Includes(string title) =>
        only is null || only.Split('|').Any(words => title.Contains(words, StringComparison.OrdinalIgnoreCase));

    public void Add(params IEnumerable<string> lines) => _lines.AddRange(lines);

    public void AddSection(string title, string introduction, string[] columns, IEnumerable<string[]> rows)
    {
        Add($"## {title}", "");
        if (introduction.Length > 0)
            Add(introduction, "");
        Add($"| {string.Join(" | ", columns)} |", $"|{string.Concat(columns.Select(_ => "---|"))}");
        Add(rows.Select(row => $"| {string.Join(" | ", row)} |"));
        Add("");
    }

    /// <summary>Measures each way several times, the ways in turn.</summary>
    public static Dictionary<string, List<T>> Measure<T>(string title, IReadOnlyList<(string Name, Func<T> Run)> ways)
    {
        var measured = ways.ToDictionary(way => way.Name, _ => new List<T>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, run) in ways)
            {
                measured[name].Add(run());
                Console.Error.WriteLine($"{title}: {name}: {measured[name][^1]}");
            }
        }

        return measured;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
