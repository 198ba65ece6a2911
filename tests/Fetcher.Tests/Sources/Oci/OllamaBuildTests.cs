using System.Text.Json.Nodes;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Sources.Oci;

/// <summary>Models of <c>source.ollama</c>, built by real Nix in its sandbox from a registry on 127.0.0.1.</summary>
public sealed class OllamaBuildTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task The_files_have_plain_names_and_are_validated(NixVersion version)
    {
        var model = new OllamaModel(hub, $"library/built-{version}".ToLowerInvariant());
        model.Repository.Private();
        var definition = await DefinitionAsync(model);
        await hub.ClearRecordAsync();

        var built = await BuildAsync(version, definition);

        built.ExitCode.Should().Be(0, built.Errors);
        var stem = model.Name["library/".Length..].Replace(':', '-');
        var view = built.Output.Trim();
        Directory
            .EnumerateFileSystemEntries(nix.OnDisk(version, view))
            .Select(Path.GetFileName)
            .Should()
            .BeEquivalentTo(
                $"{stem}.gguf",
                "template",
                "system",
                "params.json",
                "license",
                "license-2",
                "ollama-config.json",
                "ollama-manifest.json"
            );
        (await ReadAsync(version, $"{view}/{stem}.gguf")).Should().Equal(model.Weights);
        (await ReadAsync(version, $"{view}/template")).Should().Equal(OllamaModel.Template.Select(c => (byte)c));
        (await nix.EvaluateAsync(version, $"({definition}).modelPath")).Should().Contain($"{view}/{stem}.gguf");
        var requests = await hub.RecordAsync();
        requests
            .Where(request => request.Origin == "cdn")
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(request => !request.Authorization, "the token is the registry's");
        requests.Should().NotContain(request => request.On == "manifest", "the definition has it");
    }

    [Fact]
    public async Task A_weight_of_the_Hub_with_the_same_bytes_is_the_same_store_path()
    {
        var model = new OllamaModel(hub, "library/shared");
        var definition = await DefinitionAsync(model);
        var paths = await nix.EvaluateAsync(
            NixVersion.Current,
            $$"""
            [
              (builtins.head ({{definition}}).downloads).outPath
              (({{NixFixture.Offline}}).fetchHuggingFaceFile {
                repo = "acme/x"; file = "q/shared-1b.gguf"; hash = "{{model.WeightsDigest}}";
              }).outPath
            ]
            """
        );
        var both = System.Text.Json.JsonSerializer.Deserialize<string[]>(paths)!;
        (await nix.EvaluateAsync(NixVersion.Current, $"map (each: each.outPath) ({definition}).downloads"))
            .Should()
            .Contain(both[1]);
    }

    [Fact]
    public async Task A_tag_that_has_moved_changes_nothing()
    {
        var model = new OllamaModel(hub, "library/moving");
        var definition = await DefinitionAsync(model);
        model.Repository.File("system", "Be long.").CopyTo("old").File("system", "Be brief.");

        var built = await BuildAsync(NixVersion.Current, definition);

        built.ExitCode.Should().Be(0, built.Errors);
        (await ReadAsync(NixVersion.Current, $"{built.Output.Trim()}/system")).Should().Equal("Be brief."u8.ToArray());
    }

    public static TheoryData<string, object, int?, string> Faults() =>
        new()
        {
            {
                "flip-once",
                new
                {
                    kind = "flip",
                    at = 150_000,
                    on = "cdn",
                    path = "model",
                    times = 1,
                },
                null,
                ""
            },
            {
                "flip",
                new
                {
                    kind = "flip",
                    at = 150_000,
                    on = "cdn",
                    path = "model",
                },
                6,
                "wrong bytes in flip-1b.gguf"
            },
            {
                "short",
                new
                {
                    kind = "short",
                    bytes = 10,
                    on = "cdn",
                    path = "model",
                    times = 2,
                },
                null,
                ""
            },
            {
                "cut",
                new
                {
                    kind = "cut",
                    after = 1000,
                    on = "cdn",
                    path = "model",
                    times = 2,
                },
                null,
                ""
            },
            {
                "expired",
                new
                {
                    kind = "expired",
                    on = "cdn",
                    path = "model",
                    times = 1,
                },
                null,
                ""
            },
            {
                "gone",
                new
                {
                    kind = "status",
                    status = 404,
                    on = "blob",
                    path = "model",
                },
                3,
                "the registry has no such blob"
            },
            {
                "busy",
                new
                {
                    kind = "status",
                    status = 429,
                    on = "blob",
                    path = "model",
                    times = 1,
                },
                null,
                ""
            },
            {
                "revoked",
                new
                {
                    kind = "expired",
                    on = "blob",
                    path = "model",
                    times = 1,
                },
                null,
                ""
            },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_got_over_or_named(string name, object fault, int? code, string message)
    {
        var model = new OllamaModel(hub, $"library/{name}", seed: name.Length);
        model.Repository.Private().Fault(fault);
        var definition = await DefinitionAsync(model);

        var built = await BuildAsync(NixVersion.Current, definition);

        if (code is null)
            built.ExitCode.Should().Be(0, built.Errors);
        else
            built.Errors.Should().Contain(message).And.Contain($"exit code {code}");
    }

    [Fact]
    public async Task Ollama_finds_it_where_a_pull_would_have_put_it_and_every_file_is_a_link()
    {
        var model = new OllamaModel(hub, "library/served");
        var definition = await DefinitionAsync(model);

        var built = await BuildAsync(
            NixVersion.Current,
            $$"""({{NixFixture.Offline}}).ollamaModels { "served:1b" = {{definition}}; "me/copy" = {{definition}}; }"""
        );

        built.ExitCode.Should().Be(0, built.Errors);
        var folder = nix.OnDisk(NixVersion.Current, built.Output.Trim());
        foreach (var name in (string[])["library/served/1b", "me/copy/latest"])
        {
            var manifest = await ReadAsync(
                NixVersion.Current,
                $"{built.Output.Trim()}/manifests/registry.ollama.ai/{name}"
            );
            var json = JsonNode.Parse(manifest)!;
            foreach (var layer in json["layers"]!.AsArray().Append(json["config"]))
            {
                var digest = (string)layer!["digest"]!;
                var blob = await ReadAsync(
                    NixVersion.Current,
                    $"{built.Output.Trim()}/blobs/{digest.Replace(':', '-')}"
                );
                $"sha256:{OllamaModel.Sha256(blob)}".Should().Be(digest);
                blob.Length.Should().Be((int)layer["size"]!);
            }
        }

        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Should()
            .OnlyContain(file => new FileInfo(file).LinkTarget != null, "nothing is copied");
    }

    [Theory]
    [InlineData("digest = \"sha256:0\";", "is not the digest of a manifest")]
    [InlineData(
        "digest = \"sha256:0000000000000000000000000000000000000000000000000000000000000000\";",
        "hashes to sha256:"
    )]
    [InlineData("model = \"a:b:c\";", "is not the name of a model of Ollama's")]
    [InlineData("model = \"http://example.org/a/b:c\";", "is not the name of a model of Ollama's")]
    [InlineData("manifest = 1;", "must be a string or a file")]
    [InlineData("endpoint = \"registry\";", "must be the URL of a registry")]
    [InlineData("tag = \"1b\";", "unknown argument `source.ollama.tag`")]
    public async Task A_mistake_is_named(string mistake, string message)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $$"""
            let
              layer = kind: {
                mediaType = "application/vnd.ollama.image.${kind}";
                digest = "sha256:{{new string('a', 64)}}";
                size = 1;
              };
              manifest = builtins.toJSON {
                schemaVersion = 2; config = layer "config"; layers = [ (layer "model") ];
              };
            in
            ({{NixFixture.Offline}}).fetchModel {
              name = "m";
              source.ollama = {
                model = "tiny:1b"; inherit manifest; digest = "sha256:${builtins.hashString "sha256" manifest}";
              } // { {{mistake}} };
            }
            """
        );

        outcome.ExitCode.Should().Be(1);
        outcome.Errors.Should().Contain("fetchModel \"m\"").And.Contain(message);
    }

    private async Task<string> DefinitionAsync(OllamaModel model)
    {
        var printed = await Executable.RunAsync(
            Executable.Prefetch,
            [$"ollama:{model.Name}", "--endpoint", hub.Registry],
            new Dictionary<string, string> { ["PATH"] = "/nowhere" }
        );
        printed.ExitCode.Should().Be(0, printed.Errors);
        return $"({NixFixture.Offline}).{printed.Output}";
    }

    private Task<Outcome> BuildAsync(NixVersion version, string expression) =>
        nix.BuildAsync(version, expression, sandbox: true);

    /// <summary>Reads a file of the store, links followed: they lead to paths that are in this test's store.</summary>
    private async Task<byte[]> ReadAsync(NixVersion version, string path)
    {
        while (new FileInfo(nix.OnDisk(version, path)).LinkTarget is { } target)
            path = target;
        return await File.ReadAllBytesAsync(nix.OnDisk(version, path), TestContext.Current.CancellationToken);
    }
}
