using System.Text.Json.Nodes;

namespace NixAiModels.Tests.Modules;

/// <summary>The module of devenv's shells, on a stand-in for the options of devenv that it sets.</summary>
public sealed class DevenvTests
{
    private const string Model = """
        {
          source.huggingface = { repo = "acme/tiny"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837"; };
          hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        }
        """;

    [Fact]
    public async Task A_shell_has_the_paths_of_its_models_and_uses_no_network()
    {
        var shell = await EvaluateAsync($$"""{ ai-models.models."tiny-1.0" = {{Model}}; }""");

        var env = shell["env"]!.AsObject().ToDictionary(each => each.Key, each => (string)each.Value!);
        env["AI_MODEL_TINY_1_0"].Should().EndWith("-tiny-1.0");
        env["HF_HUB_CACHE"].Should().EndWith("-hf-cache");
        env.Keys.Should()
            .BeEquivalentTo(
                "AI_MODEL_TINY_1_0",
                "HF_HUB_CACHE",
                "SENTENCE_TRANSFORMERS_HOME",
                "HF_HUB_OFFLINE",
                "TRANSFORMERS_OFFLINE",
                "HF_DATASETS_OFFLINE",
                "LLAMA_ARG_OFFLINE"
            );
        shell["failed"]!.AsArray().Should().BeEmpty();
        shell["packages"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task A_lock_files_entries_are_models_and_what_the_user_sets_wins()
    {
        var shell = await EvaluateAsync(
            $$"""
            {
              ai-models.lockFile = {{Published.Executable.Root}}/examples/public-models/models.lock.json;
              env.HF_HUB_OFFLINE = "0";
            }
            """
        );

        shell["env"]!.AsObject().Should().ContainKey("AI_MODEL_GEMMA_4_E2B");
        ((string)shell["env"]!["HF_HUB_OFFLINE"]!).Should().Be("0");
    }

    [Fact]
    public async Task Without_models_the_shell_is_as_it_was()
    {
        var shell = await EvaluateAsync("{ }");

        shell["env"]!.AsObject().Should().BeEmpty();
        shell["packages"]!.AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData(
        "{ ai-models.models.a-b = MODEL; ai-models.models.a_b = MODEL; }",
        "ai-models.models.a-b and ai-models.models.a_b are both AI_MODEL_A_B\nnext: rename ai-models.models.a_b"
    )]
    [InlineData(
        """{ ai-models.models.x.source.huggingface.repo = "a/b"; }""",
        "ai-models.models.x.hash is missing\nnext: nix-prefetch-hf a/b --rev main"
    )]
    public async Task A_mistake_is_an_assertion(string module, string message)
    {
        var failed = await StandIn.EvaluateAsync(
            $"{Failed} (import {StandIn.Folder}/devenv.nix {{ modules = [ {WithModel(module)} ]; }}).config"
        );

        failed.AsArray().Select(each => (string)each!).Should().Contain(each => each.Contains(message));
    }

    private const string Failed =
        "(config: map (each: each.message) (builtins.filter (each: !each.assertion) config.assertions))";

    private static string WithModel(string module) => module.Replace("MODEL", Model, StringComparison.Ordinal);

    private static Task<JsonNode> EvaluateAsync(string module) =>
        StandIn.EvaluateAsync(
            $$"""
            let inherit (import {{StandIn.Folder}}/devenv.nix { modules = [ {{module}} ]; }) config;
            in { inherit (config) env packages; failed = {{Failed}} config; }
            """
        );
}
