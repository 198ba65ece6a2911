namespace NixAiModels.Tests.Modules;

/// <summary>The documentation of the modules lists every option as it is declared.</summary>
public sealed class OptionPageTests
{
    [Theory]
    [InlineData("nixos", "docs/nixos-module.md")]
    [InlineData("homeManager", "docs/home-manager-module.md")]
    public async Task The_page_of_a_module_ends_with_the_reference_of_its_options(string system, string page)
    {
        const string start = "<!-- The rest is made from modules/. A test compares. -->\n\n";
        var reference = (string)
            (await StandIn.EvaluateAsync($"(import {StandIn.Folder}/reference.nix {{ }}).{system}"))!;
        var path = Path.Combine(Published.Executable.Root, page);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var expected = text[..(text.IndexOf(start, StringComparison.Ordinal) + start.Length)] + reference;
        if (text == expected)
            return;

        var corrected = Path.Combine(Published.Executable.Root, "artifacts", Path.GetFileName(page));
        await File.WriteAllTextAsync(corrected, expected, TestContext.Current.CancellationToken);
        Assert.Fail($"{page} is behind modules/. The page as it must be: cp {corrected} {path}");
    }
}
