using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The modules accept what <c>nix-prefetch-hf --format module</c> prints, as it is.</summary>
public sealed class PastedEntryTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("pasted-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("acme/Pasted-1.5", "acme-model", "--name", "acme-model")]
    [InlineData("acme/pasted", "pasted", "--include", "*.json", "--exclude", "a b*", "--rev", "v1.0")]
    [InlineData("acme/with.dot", "with.dot")]
    public async Task A_printed_entry_is_pasted_into_both_modules(string repo, string name, params string[] options)
    {
        hub.Repository(repo).File("config.json", "{}").Tag("v1.0");

        var printed = await PrefetchAsync([repo, "--no-store", "--format", "module", .. options]);

        printed.ExitCode.Should().Be(0, printed.Errors);
        printed.Output.Should().EndWith("};\n");
        await RequireAcceptedAsync(printed.Output, name, await hub.CommitAsync(repo));
    }

    [Fact]
    public async Task A_dataset_of_another_hub_is_pasted_with_its_type_and_endpoint()
    {
        hub.Dataset("acme/table").File("data.csv", "a,b\n");

        var printed = await PrefetchAsync([
            "acme/table",
            "--no-store",
            "--format",
            "module",
            "--endpoint",
            hub.Endpoint,
        ]);

        printed.ExitCode.Should().Be(0, printed.Errors);
        printed.Output.Should().Contain("repoType = \"dataset\";").And.Contain($"endpoint = \"{hub.Endpoint}\";");
        await RequireAcceptedAsync(printed.Output, "table", null);
    }

    private static async Task RequireAcceptedAsync(string entry, string name, string? commit)
    {
        var module = $"{{ OPTION = {{ enable = true; validation.preset = \"none\"; {entry} }}; }}";
        foreach (
            var (option, config) in ((string, string)[])
                [
                    ("services.ai-models", $"(import {StandIn.Folder}/nixos.nix {{ modules = [ (MODULE) ]; }}).config"),
                    (
                        "programs.ai-models",
                        $"(import {StandIn.Folder}/home-manager.nix {{ modules = [ (MODULE) ]; }}).config"
                    ),
                ]
        )
        {
            var whole = config.Replace(
                "MODULE",
                module.Replace("OPTION", option, StringComparison.Ordinal),
                StringComparison.Ordinal
            );
            var answer = await StandIn.EvaluateAsync(
                $$"""
                let config = {{whole}}; in {
                  failed = builtins.filter (each: !each.assertion) config.assertions;
                  inherit (config) warnings;
                  models = builtins.attrNames config.{{option}}.modelPaths;
                  manifest = config.{{option}}.models.{{"\"" + name + "\""}}.source.huggingface.rev;
                }
                """
            );

            answer["failed"]!.AsArray().Should().BeEmpty();
            answer["warnings"]!.AsArray().Should().BeEmpty();
            answer["models"]!.AsArray().Select(each => (string)each!).Should().Equal(name);
            if (commit is not null)
                ((string)answer["manifest"]!).Should().Be(commit);
        }
    }

    private Task<Outcome> PrefetchAsync(IEnumerable<string> arguments) =>
        Executable.RunAsync(
            Executable.Prefetch,
            arguments,
            new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint, ["HOME"] = _home }
        );
}
