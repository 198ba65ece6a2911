using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NixAiModels.Tests.Docs;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The services of docs/services. What NixOS' own modules make of the examples is in real-answers.json
/// (<c>tests/nix/module-system/ask</c>), since the stand-in does not know them.</summary>
public sealed class ServiceTests
{
    private const string Cache = "/var/cache/huggingface/hub";
    private static readonly string Examples = Path.Combine(Executable.Root, "examples/services");

    private static readonly JsonObject Real = JsonNode.Parse(
        File.ReadAllText(Path.Combine(StandIn.Folder, "real-answers.json"))
    )!["services"]!.AsObject();

    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(Examples).Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_example_evaluates_without_failed_assertions(string name)
    {
        var failed = await StandIn.EvaluateAsync(
            $$"""
            let inherit (import {{StandIn.Folder}}/nixos.nix { modules = [ {{Examples}}/{{name}}.nix ]; }) config;
            in builtins.filter (each: !each.assertion) config.assertions
            """
        );

        failed.AsArray().Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_page_quotes_it_and_the_index_has_the_page(string name)
    {
        var page = $"docs/services/{name}.md";

        Snippet.All("nix").Should().Contain(snippet => snippet.Page == page && snippet.Text == Text(name));
        File.ReadAllText(Path.Combine(Executable.Root, "docs/services/README.md")).Should().Contain($"({name}.md)");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NixOS_own_modules_have_answered_to_it(string name) =>
        ((string)Real[$"{name}.nix"]!["example"]!)
            .Should()
            .Be(
                Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes($"{Examples}/{name}.nix"))),
                "the example has changed: run tests/nix/module-system/ask"
            );

    [Theory]
    [InlineData("open-webui", "open-webui", "HF_HUB_CACHE", Cache)]
    [InlineData("open-webui", "open-webui", "SENTENCE_TRANSFORMERS_HOME", Cache)]
    [InlineData("open-webui", "open-webui", "HF_HOME", ".")]
    [InlineData("open-webui", "open-webui", "WHISPER_MODEL", "/nix/store/…-whisper")]
    [InlineData("wyoming-faster-whisper", "wyoming-faster-whisper-main", "HF_HUB_CACHE", Cache)]
    [InlineData("vllm", "vllm", "HF_HUB_CACHE", Cache)]
    [InlineData("ollama", "ollama", "OLLAMA_MODELS", "/nix/store/…-ollama-models")]
    [InlineData("immich", "immich-machine-learning", "MACHINE_LEARNING_CACHE_FOLDER", "/nix/store/…-models")]
    public void A_service_has_the_variable(string name, string unit, string variable, string value) =>
        ((string)Unit(name, unit)["environment"]![variable]!).Should().Be(value);

    [Theory]
    [InlineData("llama-cpp", "llama-cpp", "-m /nix/store/…-gemma-4-E2B-it-BF16.gguf")]
    [InlineData("wyoming-faster-whisper", "wyoming-faster-whisper-main", "--model /nix/store/…-whisper ")]
    [InlineData("piper", "wyoming-piper-main", "--data-dir /nix/store/…-lessac/en/en_US/lessac/medium")]
    [InlineData("tabby", "tabby", "--model /nix/store/…-models ")]
    [InlineData("comfyui", "comfyui", "--extra-model-paths-config /nix/store/…-extra_model_paths.yaml")]
    public void A_service_is_started_with_the_model(string name, string unit, string words) =>
        ((string)Unit(name, unit)["command"]!).ReplaceLineEndings(" ").Replace("'", "").Should().Contain(words);

    [Theory]
    [InlineData("open-webui", "open-webui")]
    [InlineData("vllm", "vllm")]
    public void A_service_that_reads_the_cache_is_in_its_group(string name, string unit) =>
        Unit(name, unit)["groups"]!.ToJsonString().Should().Be("""["ai-models"]""");

    [Fact]
    public void A_container_has_the_model_and_the_store_that_its_links_lead_to() =>
        Real["containers.nix"]!["containers"]!["embeddings"]!["volumes"]!
            .AsArray()
            .Select(volume => (string)volume!)
            .Should()
            .Equal("/nix/store/…-minilm:/model:ro", "/nix/store:/nix/store:ro");

    private static JsonNode Unit(string name, string unit) => Real[$"{name}.nix"]!["units"]![unit]!;

    private static string Text(string name) => File.ReadAllText($"{Examples}/{name}.nix");
}
