using System.Text.Json;
using System.Text.RegularExpressions;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Docs;

/// <summary>The pages on security and licences speak of what is there.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_line_of_the_threat_model_names_tests_that_exist()
    {
        var classes = typeof(SecurityPageTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        var rows = Page("security.md").Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToArray();

        rows.Should().HaveCountGreaterThan(10);
        foreach (var row in rows)
        {
            var tests = Quoted().Matches(row.Split('|')[^2]).Select(match => match.Groups[1].Value).ToArray();
            tests.Should().NotBeEmpty(row).And.BeSubsetOf(classes);
        }
    }

    [Fact]
    public void Every_package_that_is_linked_in_is_listed_with_the_licence_that_it_declares()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Executable.Root, "fetcher", "deps.json")));
        // Humanizer's translations are not linked in.
        var linked = json
            .RootElement.EnumerateArray()
            .Select(each => (Name: each.GetProperty("pname").GetString()!, each.GetProperty("version").GetString()))
            .Where(each => !each.Name.StartsWith("Humanizer.Core.", StringComparison.Ordinal))
            .ToDictionary(each => each.Name, each => each.Item2!);
        var listed = Page("licenses.md")
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1], cells => cells[2]);

        listed.Keys.Should().BeEquivalentTo(linked.Keys);
        foreach (var (name, version) in linked)
        {
            var specification = Path.Combine(
                Packages,
                name.ToLowerInvariant(),
                version,
                $"{name.ToLowerInvariant()}.nuspec"
            );
            var declared = Licence().Match(File.ReadAllText(specification));
            if (declared.Success)
                listed[name].Should().Be(declared.Groups[1].Value, name);
        }
    }

    private static string Packages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string[] Page(string name) => File.ReadAllLines(Path.Combine(Executable.Root, "docs", name));

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("<license type=\"expression\">([^<]+)")]
    private static partial Regex Licence();
}
