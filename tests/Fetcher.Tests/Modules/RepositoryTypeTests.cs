using System.Text.Json.Nodes;
using NixAiModels.Nar;
using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Locking;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>Datasets, spaces and kernels through both modules, hashed and locked.</summary>
public sealed class RepositoryTypeTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly ModuleRun _module = new(hub, NixVersion.Old);

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("dataset", "data/train-00000-of-00001.csv")]
    [InlineData("space", "app.py")]
    [InlineData("kernel", "build/torch-universal/relu/__init__.py")]
    public async Task An_activation_links_it_under_its_type_and_removes_it(string type, string file)
    {
        var (repository, commit) = await PublishAsync(type, "acme/typed-home", file);
        var hash = (await NarHash.OfPathAsync(repository.Folder, TestContext.Current.CancellationToken)).Sri;
        var configured = _module.HomeActivation(
            $$"""
            models.it = {
              source.huggingface = {
                repo = "acme/typed-home"; repoType = "{{type}}"; rev = "{{commit}}"; endpoint = "{{hub.Endpoint}}";
              };
              hash = "{{hash}}";
            };
            """
        );
        var cache = Path.Combine(_module.Home, ".cache/huggingface/hub");
        var folder = Path.Combine(cache, $"{type}s--acme--typed-home");

        var linked = await _module.ActivateAsync(configured);

        linked.ExitCode.Should().Be(0, linked.Output);
        linked.Output.Should().Contain($"linked as {type}s--acme--typed-home");
        (await ReadAsync(Path.Combine(folder, "refs/main"))).Should().Be(commit);
        (await ReadAsync(Path.Combine(folder, "snapshots", commit, file))).Should().Be("a,b\n1,2\n");
        OfflineClient.SnapshotDownload(folder, "main").Should().EndWith(commit);
        OfflineClient.SnapshotDownload(folder, commit).Should().EndWith(commit);
        var found = (await ScanAsync(cache)).Single()!;
        ((string)found["type"]!).Should().Be(type);
        ((string)found["name"]!).Should().Be("acme/typed-home");
        await AskPythonAsync(type, "acme/typed-home", commit, file, cache);

        var removed = await _module.ActivateAsync(_module.HomeActivation(""));
        removed.Output.Should().Contain("no longer configured");
        Path.Exists(folder).Should().BeFalse();
    }

    [Theory]
    [InlineData("dataset", "data/train-00000-of-00001.csv")]
    [InlineData("space", "app.py")]
    [InlineData("kernel", "build/torch-universal/relu/__init__.py")]
    public async Task The_service_links_an_entry_of_a_lock_file_beside_a_model_of_the_same_name(
        string type,
        string file
    )
    {
        using var bench = new LockBench(hub);
        var (_, commit) = await PublishAsync(type, "acme/typed", file);
        hub.Repository("acme/typed").File("config.json", "{}");
        await bench.PinAsync($"{type}s/acme/typed", "--name", "it", "--endpoint", hub.Endpoint);
        await bench.PinAsync("acme/typed", "--name", "model", "--endpoint", hub.Endpoint);
        (await bench.LockAsync("verify")).Output.Should().Contain("it: as pinned");
        (await bench.LockAsync("show")).Output.Should().Contain($"it: {type}s/acme/typed main {commit}");

        var outcome = await _module.ExecuteAsync(_module.ServiceCommand($"lockFile = {bench.File};"));

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain("2 linked");
        var cache = Path.Combine(_module.Store["cache"], "hub");
        var snapshot = Path.Combine(cache, $"{type}s--acme--typed/snapshots", commit);
        (await ReadAsync(Path.Combine(snapshot, file))).Should().Be("a,b\n1,2\n");
        (await ScanAsync(cache)).Select(each => (string)each!["type"]!).Should().BeEquivalentTo("model", type);
        var scan = await Executable.RunAsync(
            Executable.Fetcher,
            ["scan-cache", "--cache-dir", cache, "--state-dir", _module.Store.State]
        );
        scan.Output.Should().Contain("[model it]").And.Contain($"{type}s");
        var hash = await Executable.RunAsync(Executable.Fetcher, ["hash", Path.Combine(snapshot, file)]);
        hash.ExitCode.Should().Be(0, hash.Errors);

        var removed = await Executable.RunAsync(Executable.Fetcher, ["unsync", "--state-dir", _module.Store.State]);
        removed.ExitCode.Should().Be(0, removed.Errors);
        Directory.GetFileSystemEntries(cache).Should().BeEmpty();
    }

    [Fact]
    public async Task A_kernel_is_pinned_by_its_address_and_its_pasted_entry_evaluates()
    {
        var (_, commit) = await PublishAsync("kernel", "acme/relu", "build/torch-universal/relu/__init__.py");
        foreach (
            var words in (string[][])
                [
                    ["kernels/acme/relu"],
                    ["acme/relu", "--type", "kernel"],
                    [$"{hub.Endpoint}/kernels/acme/relu"],
                ]
        )
        {
            var printed = await Executable.RunAsync(
                Executable.Prefetch,
                [.. words, "--no-store", "--format", "module"],
                new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint, ["PATH"] = "/nowhere" }
            );
            printed.ExitCode.Should().Be(0, printed.Errors);
            printed.Output.Should().Contain("repoType = \"kernel\";").And.Contain(commit);
            var name = await StandIn.NixOSAsync(
                $$"""{ services.ai-models = { enable = true; {{printed.Output}} }; }""",
                "config.services.ai-models.modelPaths"
            );
            name.AsObject().Should().HaveCount(1);
        }
    }

    private async Task<(TestRepository Repository, string Commit)> PublishAsync(string type, string name, string file)
    {
        var repository = type switch
        {
            "dataset" => hub.Dataset(name),
            "space" => hub.Space(name),
            _ => hub.Kernel(name),
        };
        repository.File("README.md", $"# {type}\n").File(file, "a,b\n1,2\n").Lfs("large.bin", new byte[1000]);
        return (repository, await hub.CommitAsync(name, type: $"{type}s"));
    }

    private static Task<string> ReadAsync(string path) =>
        File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

    private static async Task<JsonArray> ScanAsync(string cache)
    {
        var scan = await Executable.RunAsync(
            "node",
            [Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs"), cache]
        );
        scan.ExitCode.Should().Be(0, scan.Errors);
        return JsonNode.Parse(scan.Output)!.AsArray();
    }

    private static async Task AskPythonAsync(string type, string repository, string commit, string file, string cache)
    {
        if (!await HuggingFaceHubTests.IsHereAsync())
            return;
        var outcome = await Executable.RunAsync(
            "/usr/bin/python3",
            [
                Path.Combine(Executable.Root, "tests/interop/huggingface_hub_client.py"),
                "offline-find",
                repository,
                "main",
                file,
                type,
            ],
            new Dictionary<string, string>
            {
                ["HF_HUB_CACHE"] = cache,
                ["HF_HUB_DISABLE_TELEMETRY"] = "1",
                ["PYTHONPATH"] = HuggingFaceHubTests.PythonPath,
            }
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var found = JsonNode.Parse(outcome.Output.Trim().Split('\n')[^1])!;
        ((string)found["text"]!).Should().Be("a,b\n1,2\n");
        ((string)found["folder"]!).Should().EndWith(commit);
        ((string)found["cached"]!).Should().EndWith($"{commit}/{file}");
    }
}
