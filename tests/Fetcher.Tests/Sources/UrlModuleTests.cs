using System.Text.Json.Nodes;
using NixAiModels.Tests.Modules;

namespace NixAiModels.Tests.Sources;

/// <summary><c>models.NAME.source.url</c> of both modules.</summary>
public sealed class UrlModuleTests
{
    private const string Hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private const string Models =
        $"models.sdxl.source.url = {{ url = \"https://example.org/sdxl.safetensors\"; hash = \"{Hash}\"; }};";

    [Fact]
    public async Task A_model_has_a_path_and_no_place_in_the_cache()
    {
        var paths = await StandIn.NixOSAsync(NixOS(Models), "config.services.ai-models.modelPaths");
        var home = await StandIn.HomeAsync(
            $$"""{ programs.ai-models = { enable = true; {{Models}} }; }""",
            "config.programs.ai-models.modelPaths"
        );

        ((string)paths["sdxl"]!).Should().EndWith("-sdxl");
        ((string)home["sdxl"]!).Should().EndWith("-sdxl");
        (await FailedAsync(Models)).Should().BeEmpty();
    }

    [Fact]
    public async Task Its_entry_in_the_manifest_names_paths_alone()
    {
        var manifest = JsonNode.Parse(
            (string)
                (
                    await StandIn.EvaluateAsync(
                        $$"""
                        let
                          lib = import {{StandIn.Folder}}/lib.nix;
                          pkgs = import {{StandIn.Folder}}/pkgs.nix { inherit lib; };
                          system = import {{StandIn.Folder}}/nixos.nix { modules = [ ({{NixOS(Models)}}) ]; };
                        in
                        (import {{Published.Executable.Root}}/modules/models.nix {
                          inherit lib pkgs;
                          cfg = system.config.services.ai-models;
                          manifest = { };
                        }).manifest.text
                        """
                    )
                )!
        )!;

        var model = manifest["models"]![0]!;
        ((string)model["name"]!).Should().Be("sdxl");
        ((string)model["raw"]!).Should().EndWith("-sdxl-files");
        foreach (var absent in (string[])["repo", "repoType", "rev", "source", "locked"])
            model[absent].Should().BeNull();
        model["refs"]!.AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData(
        $"models.x = {{ source.url.url = \"https://h/x.gguf\"; hash = \"{Hash}\"; }};",
        "services.ai-models.models.x.hash belongs to source.huggingface",
        "services.ai-models.models.x.source.url.hash = "
    )]
    [InlineData(
        "models.x.source = { url.url = \"https://h/x.gguf\"; huggingface.repo = \"a/b\"; };",
        "services.ai-models.models.x.source has both `huggingface` and `url`",
        "keep one of the two"
    )]
    [InlineData(
        "models.x = { source.url.url = \"https://h/x.gguf\"; lockFile = \"/l.json\"; };",
        "services.ai-models.models.x has both `lockFile` and `source`",
        "remove services.ai-models.models.x.source"
    )]
    public async Task A_mistake_is_an_assertion_that_names_the_option_and_the_fix(
        string configuration,
        string option,
        string fix
    )
    {
        var failed = await FailedAsync(configuration);

        failed.Should().Contain(message => message.Contains(option)).Which.Should().Contain(fix);
    }

    [Fact]
    public async Task An_empty_hash_is_a_warning_with_the_command()
    {
        var warnings = await StandIn.NixOSAsync(
            NixOS("models.x.source.url.files = [ { url = \"https://h/x.gguf\"; hash = \"\"; } ];"),
            "config.warnings"
        );

        warnings
            .AsArray()
            .Select(message => (string)message!)
            .Should()
            .Contain(message => message.Contains("nix-prefetch-hf https://h/x.gguf"));
    }

    private static async Task<List<string>> FailedAsync(string configuration)
    {
        var system = $"(import {StandIn.Folder}/nixos.nix {{ modules = [ ({NixOS(configuration)}) ]; }})";
        var failed = await StandIn.EvaluateAsync(
            $"map (each: each.message) (builtins.filter (each: !each.assertion) {system}.config.assertions)"
        );
        return [.. failed.AsArray().Select(message => (string)message!)];
    }

    private static string NixOS(string configuration) =>
        $$"""{ services.ai-models = { enable = true; {{configuration}} }; }""";
}
