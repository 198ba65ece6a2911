using System.Text.RegularExpressions;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources;

/// <summary>docs/adding-a-source.md, followed: the toy source of the page builds a model, and nothing else was
/// touched.</summary>
public sealed partial class AddedSourceTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task The_source_of_the_page_builds_a_model(NixVersion version)
    {
        byte[] bytes = [.. "GGUF"u8, .. new byte[1000]];
        hub.Repository("toy/7").Lfs("model.gguf", bytes);
        var page = await File.ReadAllTextAsync(
            Path.Combine(Executable.Root, "docs/adding-a-source.md"),
            TestContext.Current.CancellationToken
        );
        var toy = Fence().Match(page).Groups["text"].Value;
        toy.Should().Contain("pinnedFiles [").And.Contain("https://models.example.org/${toString given.number}");
        // The shop of the page is the test's server.
        var file = Path.Combine(nix.Folder, "toy.nix");
        await File.WriteAllTextAsync(
            file,
            toy.Replace(
                "https://models.example.org/${toString given.number}",
                $"{hub.Plain}/files/toy/${{toString given.number}}/model.gguf",
                StringComparison.Ordinal
            ),
            TestContext.Current.CancellationToken
        );
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        var model = $$"""
            (import {{Executable.Root}}/nixlib {
              fetcher = import {{Executable.Root}}/tests/nix/fetcher.nix {{Executable.Root}}/artifacts/runtime;
              sources.toy = import {{file}};
            }).fetchModel {
              name = "m"; source.toy = { number = 7; hash = "{{hash}}"; }; validation.enable = false;
            }
            """;

        var built = await nix.BuildAsync(version, model);

        built.ExitCode.Should().Be(0, built.Errors);
        Directory
            .EnumerateFileSystemEntries(nix.OnDisk(version, built.Output.Trim()))
            .Select(Path.GetFileName)
            .Should()
            .Equal("model.gguf");
        (await nix.EvaluateAsync(version, $"({model}).modelPath")).Should().Contain("-m/model.gguf");
    }

    [GeneratedRegex(@"```text\n(?<text>context:.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
