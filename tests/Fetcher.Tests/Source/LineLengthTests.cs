namespace NixAiModels.Tests.Source;

public sealed class LineLengthTests
{
    [Fact]
    public async Task No_line_of_code_is_longer_than_120_columns()
    {
        var tooLong = new List<string>();
        foreach (var file in await SourceTree.FilesAsync("*.cs", "*.nix", "*.sh", "*.mjs", "tests/run", "tests/setup"))
            tooLong.AddRange(Places(file, await SourceTree.LinesAsync(file), 120));

        string.Join('\n', tooLong).Should().BeEmpty();
    }

    [Fact]
    public async Task Pages_are_wrapped_at_100_columns_apart_from_tables_code_and_links()
    {
        var tooLong = new List<string>();
        foreach (var file in await SourceTree.FilesAsync("*.md"))
        {
            var isCode = false;
            var prose = (await SourceTree.LinesAsync(file)).Select(line =>
            {
                var isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
                isCode ^= isFence;
                return isFence || isCode || line.StartsWith('|') || line.Contains("](") ? "" : line;
            });
            tooLong.AddRange(Places(file, [.. prose], 100));
        }

        string.Join('\n', tooLong).Should().BeEmpty();
    }

    private static IEnumerable<string> Places(string file, string[] lines, int columns) =>
        lines
            .Select((line, index) => (Place: $"{file}:{index + 1}", Columns: line.EnumerateRunes().Count()))
            .Where(line => line.Columns > columns)
            .Select(line => $"{line.Place} has {line.Columns} columns");
}
