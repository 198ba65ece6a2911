using System.Text.Json.Nodes;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Locking;
using NixAiModels.Tests.Modules;
using NixAiModels.Tests.Nix;

namespace NixAiModels.Tests.Sources.Oci;

/// <summary>Models of a registry in lock files.</summary>
public sealed class OllamaLockTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private readonly LockBench _bench = new(hub);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task An_entry_pins_every_file_and_is_built_from_the_lock_file_alone()
    {
        var model = new OllamaModel(hub, "library/locked");
        model.Repository.Private();
        await hub.ClearRecordAsync();
        var added = await AddAsync("ollama:locked:1b");
        added.Should().Contain("name = \"locked-1b\";");
        (await hub.RecordAsync()).Should().NotContain(request => request.On == "blob" || request.On == "cdn");
        var entry = JsonNode.Parse(_bench.Text)!["models"]!["locked-1b"]!;
        ((string)entry["source"]!).Should().Be("ollama");
        ((string)entry["ref"]!).Should().Be("locked:1b");
        ((string)entry["files"]!.AsArray().Single(file => (string)file!["path"]! == "locked-1b.gguf")!["sha256"]!)
            .Should()
            .Be(model.WeightsDigest);
        (await _bench.LockAsync("show")).Output.Should().Contain($"locked-1b: locked:1b {entry["rev"]}");
        (await _bench.LockAsync("verify")).Output.Should().Contain("locked-1b: as pinned");
        await _bench.SignAsAsync("team-1");
        (await _bench.LockAsync("verify")).ExitCode.Should().Be(0);

        var definition = "fetchModel { name = \"locked-1b\"; inherit lockFile; }";
        var built = await _bench.BuildAsync(nix, NixVersion.Current, definition);
        built.ExitCode.Should().Be(0, built.Errors);
        Directory
            .EnumerateFileSystemEntries(nix.OnDisk(NixVersion.Current, built.Output.Trim()))
            .Select(Path.GetFileName)
            .Should()
            .Contain(["locked-1b.gguf", "ollama-manifest.json", "params.json"]);
        var served = await _bench.BuildAsync(
            nix,
            NixVersion.Current,
            $$"""ollamaModels { "locked:1b" = {{definition}}; }"""
        );
        served.ExitCode.Should().Be(0, served.Errors);
        new FileInfo(
            nix.OnDisk(NixVersion.Current, $"{served.Output.Trim()}/manifests/registry.ollama.ai/library/locked/1b")
        )
            .LinkTarget.Should()
            .EndWith("-ollama-manifest.json");
    }

    [Fact]
    public async Task An_update_follows_the_tag_and_names_what_changed()
    {
        var model = new OllamaModel(hub, "library/updated");
        await AddAsync("ollama:updated:1b", "--name", "it");
        (await _bench.LockAsync("update")).Output.Should().Contain("nothing moved");
        model.Repository.File("system", "Be long.").Remove("license-2");

        var dry = await _bench.LockAsync("update", "--dry-run");
        dry.Output.Should().Contain("~ system").And.Contain("- license-2").And.Contain("2 files changed");
        _bench.Text.Should().Contain("license-2");
        (await _bench.LockAsync("verify")).ExitCode.Should().NotBe(0, "the registry has removed a blob");
        var updated = await _bench.LockAsync("update");
        updated.ExitCode.Should().Be(0, updated.Errors);
        _bench.Text.Should().NotContain("license-2");
        (await _bench.LockAsync("verify")).Output.Should().Contain("it: as pinned");
        (await _bench.LockAsync("freeze", "it")).ExitCode.Should().Be(0);
        (await _bench.LockAsync("add", "ollama:updated:1b", "--name", "it", "--endpoint", hub.Registry))
            .Errors.Should()
            .Contain("'it' is frozen");
    }

    [Theory]
    [InlineData("\"ref\": \"edited:1b\"", "\"ref\": \"../edited:1b\"", "invalid name of a model")]
    [InlineData("\"ref\": \"edited:1b\"", "\"ref\": \"other:1b\"", "files are not those of manifest")]
    [InlineData("\\\"size\\\":3}", "\\\"size\\\":4}", "two sizes of sha256")]
    [InlineData("edited-1b.gguf", "edited-2b.gguf", "files are not those of manifest")]
    public async Task An_edited_entry_is_refused_by_the_command_and_in_evaluation(
        string before,
        string after,
        string message
    )
    {
        var model = new OllamaModel(hub, "library/edited");
        model.Repository.File("license-2", "MIT");
        await AddAsync("ollama:edited:1b", "--name", "it");
        _bench.Text.Should().Contain(before);
        await File.WriteAllTextAsync(
            _bench.File,
            ReplaceFirst(_bench.Text, before, after),
            TestContext.Current.CancellationToken
        );

        var shown = await _bench.LockAsync("show");
        shown.ExitCode.Should().Be(6);
        shown.Errors.Should().Contain(message);
        var evaluated = await _bench.BuildAsync(
            nix,
            NixVersion.Current,
            "(fetchModel { name = \"it\"; inherit lockFile; })"
        );
        evaluated.ExitCode.Should().NotBe(0);
        evaluated.Errors.Should().Contain("entry `it` is damaged");
    }

    [Fact]
    public async Task A_model_of_the_modules_lock_file_is_found_by_its_path()
    {
        _ = new OllamaModel(hub, "library/module");
        await AddAsync("ollama:module:1b", "--name", "llama");
        using var module = new ModuleRun(hub, NixVersion.Old);

        var outcome = await module.ExecuteAsync(module.ServiceCommand($"lockFile = {_bench.File};"));

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var path = (string)
            (
                await StandIn.NixOSAsync(
                    $$"""{ services.ai-models = { enable = true; lockFile = {{_bench.File}}; }; }""",
                    "config.services.ai-models.modelPaths.llama"
                )
            )!;
        path.Should().EndWith("-llama");
        Directory.GetDirectories(module.Store.StoreFolder, "*-llama").Should().ContainSingle();
    }

    private async Task<string> AddAsync(params string[] words)
    {
        var added = await _bench.LockAsync(["add", .. words, "--endpoint", hub.Registry]);
        added.ExitCode.Should().Be(0, added.Errors);
        return added.Output;
    }

    private static string ReplaceFirst(string text, string before, string after)
    {
        var at = text.IndexOf(before, StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, at), after, text.AsSpan(at + before.Length));
    }
}
