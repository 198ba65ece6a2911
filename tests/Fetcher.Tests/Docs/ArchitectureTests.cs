using System.Text.RegularExpressions;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Docs;

/// <summary>The table of rooms in docs/architecture.md is what the code does.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string PagePath = Path.Combine(Executable.Root, "docs/architecture.md");
    private static readonly string Fetcher = Path.Combine(Executable.Root, "fetcher");

    // Room by room, in the order of the page: what it uses.
    private static readonly Dictionary<string, string[]> Page = Row()
        .Matches(File.ReadAllText(PagePath))
        .ToDictionary(
            row => row.Groups["room"].Value,
            row => row.Groups["uses"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries)
        );

    [Fact]
    public void Every_folder_is_a_room_of_the_page() =>
        Page
            .Keys.Should()
            .BeEquivalentTo(
                Directory
                    .GetFiles(Fetcher, "*.cs", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(Fetcher, file).Split('/'))
                    .Where(path => path.Length > 1)
                    .Select(path => path[0])
                    .Distinct()
            );

    [Fact]
    public void A_room_uses_only_rooms_below_it()
    {
        var rooms = Page.Keys.ToList();
        foreach (var (room, uses) in Page)
            uses.Where(used => rooms.IndexOf(used) <= rooms.IndexOf(room)).Should().BeEmpty($"{room} is above them");
    }

    [Fact]
    public void The_arrows_are_those_of_the_code()
    {
        foreach (var (room, uses) in Page)
        {
            Directory
                .GetFiles(Path.Combine(Fetcher, room), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => Mention().Matches(File.ReadAllText(file)))
                .Select(mention => mention.Groups["room"].Value)
                .Where(used => used != room)
                .Distinct()
                .Should()
                .BeEquivalentTo(uses, $"docs/architecture.md says so of {room}");
        }
    }

    [Fact]
    public void Every_file_that_the_page_names_is_there()
    {
        foreach (Match name in FileName().Matches(File.ReadAllText(PagePath)))
        {
            var path = Path.Combine(Fetcher, name.Groups["path"].Value);
            (Directory.Exists(path) || File.Exists(path + ".cs")).Should().BeTrue($"the page names {name.Value}");
        }
    }

    [GeneratedRegex(@"^\| `(?<room>\w+)/` \| [^|]* \| (?<uses>[\w, ]*?) ?\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<path>[A-Z][A-Za-z]+/[A-Z][A-Za-z]+)`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\bNixAiModels\.(?<room>[A-Z]\w+)")]
    private static partial Regex Mention();
}
