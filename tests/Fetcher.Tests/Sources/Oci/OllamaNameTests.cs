using System.Text.Json.Nodes;
using NixAiModels.Sources.Oci;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources.Oci;

public sealed class OllamaNameTests
{
    [Theory]
    [InlineData("llama3.2", "https://registry.ollama.ai library/llama3.2 latest", "llama3.2:latest")]
    [InlineData("llama3.2:1b", "https://registry.ollama.ai library/llama3.2 1b", "llama3.2:1b")]
    [InlineData("ollama:llama3.2:1b", "https://registry.ollama.ai library/llama3.2 1b", "llama3.2:1b")]
    [InlineData("ollama://llama3.2:1b", "https://registry.ollama.ai library/llama3.2 1b", "llama3.2:1b")]
    [InlineData("me/My_Model.v2:x-Y.1", "https://registry.ollama.ai me/My_Model.v2 x-Y.1", "me/My_Model.v2:x-Y.1")]
    [InlineData("hf.co/Org/Name-GGUF:Q4_K_M", "https://hf.co Org/Name-GGUF Q4_K_M", "hf.co/Org/Name-GGUF:Q4_K_M")]
    [InlineData("registry.example.org:5000/ns/n:t", "https://registry.example.org:5000 ns/n t")]
    [InlineData("https://registry.example.org/ns/n:t", "https://registry.example.org ns/n t")]
    [InlineData(
        "registry.ollama.ai/library/llama3.2:1b",
        "https://registry.ollama.ai library/llama3.2 1b",
        "llama3.2:1b"
    )]
    [InlineData("ollama:http://127.0.0.1:11435/ns/n:t", "http://127.0.0.1:11435 ns/n t")]
    [InlineData(
        "https://ollama.com/library/llama3.2:1b",
        "https://registry.ollama.ai library/llama3.2 1b",
        "llama3.2:1b"
    )]
    [InlineData("https://ollama.com/library/llama3.2/tags", "https://registry.ollama.ai library/llama3.2 latest")]
    [InlineData("ollama.com/me/thing?x=1#y", "https://registry.ollama.ai me/thing latest", "me/thing:latest")]
    [InlineData(
        "https://ollama.com/library/llama3.2:1b/blobs/74701a8c35f6",
        "https://registry.ollama.ai library/llama3.2 1b"
    )]
    public void A_name_is_read_as_ollama_reads_it(string text, string expected, string? shown = null)
    {
        var name = OllamaName.Parse(text);

        $"{name.Endpoint} {name.Repository} {name.Tag}".Should().Be(expected);
        if (shown is not null)
            $"{name}".Should().Be(shown);
        OllamaName.Parse($"{name}").Should().Be(name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ollama:")]
    [InlineData("a:b:c")]
    [InlineData(".hidden")]
    [InlineData("../x")]
    [InlineData("a/../b:c")]
    [InlineData("host/a/b/c:d")]
    [InlineData("user.name/model:tag")]
    [InlineData("model:tag with space")]
    [InlineData("model:-tag")]
    [InlineData("model:")]
    [InlineData("/model")]
    [InlineData("ns//model")]
    [InlineData("http://registry.example.org/ns/model:tag")]
    [InlineData("ftp://registry.example.org/ns/model:tag")]
    [InlineData("user:password@registry.example.org/ns/model:tag")]
    public void Anything_else_is_refused(string text) =>
        FluentActions
            .Invoking(() => OllamaName.Parse(text))
            .Should()
            .Throw<Failure>()
            .Which.Code.Should()
            .Be(ExitCode.Usage);

    [Theory]
    [InlineData("ollama:x", true)]
    [InlineData("OLLAMA://x", true)]
    [InlineData("https://ollama.com/library/x", true)]
    [InlineData("org/name:Q4_K_M", false)]
    [InlineData("ollama/x", false)]
    [InlineData("hf.co/org/name:Q4_K_M", false)]
    public void What_belongs_to_the_hub_is_left_to_it(string text, bool expected) =>
        OllamaName.Matches(text).Should().Be(expected);

    [Fact]
    public async Task Nix_reads_the_same_names()
    {
        string[] names =
        [
            "llama3.2",
            "llama3.2:1b",
            "me/My_Model.v2:x-Y.1",
            "hf.co/Org/Name-GGUF:Q4_K_M",
            "registry.example.org:5000/ns/n:t",
            "https://registry.example.org/ns/n:t",
            "http://127.0.0.1:11435/ns/n:t",
            "http://localhost/ns/n:t",
            "",
            "a:b:c",
            ".hidden",
            "../x",
            "host/a/b/c:d",
            "user.name/model:tag",
            "model:-tag",
            "model:",
            "ns//model",
            "http://registry.example.org/ns/model:tag",
            "user:password@registry.example.org/ns/model:tag",
        ];
        var list = string.Join(' ', names.Select(NixAiModels.Terminal.NixText.StringLiteral));
        var outcome = await Executable.RunAsync(
            "nix-instantiate",
            ["--eval", "--strict", "--json", "-E", $"map (import {Executable.Root}/nixlib/ollamaName.nix) [ {list} ]"]
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);

        foreach (var (name, read) in names.Zip(JsonNode.Parse(outcome.Output)!.AsArray()))
        {
            var ours = TryParse(name);
            var theirs = read is null
                ? null
                : $"{read["scheme"]}://{read["host"]} {read["namespace"]}/{read["model"]} {read["tag"]}";
            theirs.Should().Be(ours is null ? null : $"{ours.Endpoint} {ours.Repository} {ours.Tag}", name);
        }
    }

    private static OllamaName? TryParse(string text)
    {
        try
        {
            return OllamaName.Parse(text);
        }
        catch (Failure)
        {
            return null;
        }
    }
}
