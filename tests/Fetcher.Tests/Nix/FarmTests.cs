using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NixAiModels.Tests.Validation;

namespace NixAiModels.Tests.Nix;

/// <summary>Folders of links for programs with layouts of their own: <c>farm</c> and <c>ollamaModels</c>.</summary>
public sealed class FarmTests(NixFixture nix) : IClassFixture<NixFixture>
{
    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_farm_is_a_folder_of_links_that_keeps_its_files(NixVersion version)
    {
        var outcome = await nix.BuildAsync(
            version,
            $$"""
            with {{NixFixture.Offline}};
            let file = builtins.toFile "x.safetensors" "weights"; in farm { "checkpoints/x.safetensors" = file; }
            """
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var farm = outcome.Output.Trim();
        var target = new FileInfo(nix.OnDisk(version, $"{farm}/checkpoints/x.safetensors")).LinkTarget!;
        File.ReadAllText(nix.OnDisk(version, target)).Should().Be("weights");
        (await nix.RunAsync(version, "nix-store", "--query", "--references", farm)).Output.Trim().Should().Be(target);
    }

    [Theory]
    [InlineData("""{ "../x" = "/nix/store/y"; }""", "must be a relative path")]
    [InlineData("""{ x = "/home/me/x"; }""", "is not in the store")]
    [InlineData("""{ x = 1; }""", "must be a store path, not a int")]
    [InlineData("""{ x = builtins.toFile "x" ""; "x/y" = builtins.toFile "y" ""; }""", "is below another link")]
    [InlineData("[ ]", "the argument must be a set of links")]
    public async Task A_mistake_in_a_farm_is_named(string links, string message)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $"({NixFixture.Offline}).farm {links}"
        );

        outcome.ExitCode.Should().Be(1);
        outcome.Errors.Should().Contain("farm: ").And.Contain(message);
    }

    /// <summary>Read as Ollama does: <c>GetModel</c> in its server/images.go.</summary>
    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task Ollama_finds_a_model_by_its_name_with_its_weights_in_the_store(NixVersion version)
    {
        var gguf = Gguf("llama");
        await File.WriteAllBytesAsync(Path.Combine(nix.Folder, "m.gguf"), gguf, TestContext.Current.CancellationToken);

        var outcome = await nix.BuildAsync(
            version,
            $$"""
            with {{NixFixture.Offline}};
            ollamaModels {
              "tiny:1b" = "${builtins.path { name = "m.gguf"; path = {{nix.Folder}}/m.gguf; } }";
              "me/other" = {
                model = "${builtins.path { name = "m.gguf"; path = {{nix.Folder}}/m.gguf; } }";
                system = "Be brief."; parameters.temperature = 0.5;
              };
            }
            """
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var models = nix.OnDisk(version, outcome.Output.Trim());
        var tiny = Manifest(models, "library/tiny/1b");
        tiny.Layers.Should().ContainSingle();
        var weights = tiny.Layers["application/vnd.ollama.image.model"];
        weights.Should().EndWith($"sha256-{Convert.ToHexStringLower(SHA256.HashData(gguf))}");
        var target = new FileInfo(weights).LinkTarget!;
        target.Should().EndWith("-m.gguf");
        File.ReadAllBytes(nix.OnDisk(version, target)).Should().Equal(gguf);
        ((string)tiny.Config["model_family"]!).Should().Be("llama");
        ((string)tiny.Config["model_type"]!).Should().Be("1B");
        var other = Manifest(models, "me/other/latest");
        File.ReadAllText(other.Layers["application/vnd.ollama.image.system"]).Should().Be("Be brief.");
        ((double)JsonNode.Parse(File.ReadAllText(other.Layers["application/vnd.ollama.image.params"]))!["temperature"]!)
            .Should()
            .Be(0.5);
    }

    [Fact]
    public async Task A_part_of_a_split_gguf_is_refused()
    {
        var split = Gguf("llama", FormatBytes.GgufKey("split.count", 2, BitConverter.GetBytes((ushort)2)));
        var file = Path.Combine(nix.Folder, "split.gguf");
        await File.WriteAllBytesAsync(file, split, TestContext.Current.CancellationToken);

        var outcome = await nix.BuildAsync(
            NixVersion.Current,
            $$"""({{NixFixture.Offline}}).ollamaModels { x = "${builtins.path { name = "m"; path = {{file}}; } }"; }"""
        );

        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain("Ollama loads a model from one file").And.Contain("llama-gguf-split --merge");
    }

    [Theory]
    [InlineData("""{ "a:b:c" = "/nix/store/x"; }""", "is not a name of Ollama's")]
    [InlineData("{ x = { }; }", "`\"x\".model` is missing")]
    [InlineData("""{ x = { model = "/nix/store/x"; templat = ""; }; }""", "unknown argument `templat`")]
    public async Task A_mistake_in_a_model_of_ollama_is_named(string models, string message)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $"({NixFixture.Offline}).ollamaModels {models}"
        );

        outcome.ExitCode.Should().Be(1);
        outcome.Errors.Should().Contain("ollamaModels").And.Contain(message);
    }

    private static byte[] Gguf(string architecture, params byte[][] more) =>
        FormatBytes.Gguf(
            [
                FormatBytes.GgufKey("general.architecture", 8, FormatBytes.GgufText(architecture)),
                FormatBytes.GgufKey("general.size_label", 8, FormatBytes.GgufText("1B")),
                .. more,
            ],
            [FormatBytes.GgufTensor("w", [4])],
            16
        );

    private static (JsonNode Config, Dictionary<string, string> Layers) Manifest(string models, string name)
    {
        var manifest = JsonNode.Parse(File.ReadAllText($"{models}/manifests/registry.ollama.ai/{name}"))!;
        ((int)manifest["schemaVersion"]!).Should().Be(2);
        string Blob(JsonNode layer)
        {
            var path = $"{models}/blobs/{((string)layer["digest"]!).Replace(':', '-')}";
            // A link leads into the sandbox's store.
            if (new FileInfo(path).LinkTarget is null)
                new FileInfo(path).Length.Should().Be((long)layer["size"]!);
            return path;
        }

        return (
            JsonNode.Parse(File.ReadAllText(Blob(manifest["config"]!)))!,
            manifest["layers"]!.AsArray().ToDictionary(layer => (string)layer!["mediaType"]!, layer => Blob(layer!))
        );
    }
}
