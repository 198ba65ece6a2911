using System.Text.Json.Nodes;
using NixAiModels.Nar;
using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>Python's huggingface_hub, as an ordinary user, on the cache of a Home Manager activation. Skipped where
/// python3 cannot import it (from <c>HUGGINGFACE_HUB_PYTHONPATH</c> if that is set).</summary>
public sealed class HuggingFaceHubTests : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly TestHubFixture _hub;
    private readonly ModuleRun _module;

    public HuggingFaceHubTests(TestHubFixture hub)
    {
        _hub = hub;
        _module = new ModuleRun(hub, NixVersion.Old, PrivateStore.Shared);
    }

    internal static string PythonPath => Environment.GetEnvironmentVariable("HUGGINGFACE_HUB_PYTHONPATH") ?? "";

    public void Dispose() => _module.Dispose();

    [Fact]
    public async Task It_finds_the_linked_models_downloads_no_weights_and_leaves_the_store_alone()
    {
        if (!await IsHereAsync())
            return;
        _hub.Repository("acme/py").File("config.json", "old").Lfs("model.safetensors", new byte[100_000]);
        var (old, oldCommit) = await _module.ModelAsync("acme/py");
        _hub.Repository("acme/py").CopyTo("v1.0").File("config.json", "new");
        var (now, nowCommit) = await _module.ModelAsync("acme/py");
        _hub.Repository("acme/moving").File("config.json", "{}").Lfs("model.safetensors", new byte[100_000]);
        var moving = System.Text.RegularExpressions.Regex.Replace(
            (await _module.ModelAsync("acme/moving")).Model,
            "rev = \"[0-9a-f]*\";",
            ""
        );
        _hub.Repository("acme/part").File("config.json", "{}").Lfs("model.safetensors", new byte[50_000]);
        var part = $$"""
            { source.huggingface = { repo = "acme/part"; rev = "{{await _hub.CommitAsync(
                "acme/part"
            )}}"; endpoint = "{{_hub.Endpoint}}"; files = [ "config.json" ]; };
              hash = "{{await HashAsync(("config.json", "{}"))}}"; validation.preset = "minimal"; }
            """;
        var script = _module.HomeActivation(
            $$"""
            models = { old = {{old.Replace(
                "endpoint =",
                "ref = \"v1.0\"; endpoint =",
                StringComparison.Ordinal
            )}}; new = {{now}}; moving = {{moving}}; part = {{part}}; };
            """
        );
        await _module.AsAsync("65534");
        var linked = await _module.ActivateAsync(script);
        linked.ExitCode.Should().Be(0, linked.Output);
        var store = await StoreHashAsync();

        var found = await AskAsync("offline-find", "acme/py", "v1.0", "config.json");
        ((string)found["text"]!).Should().Be("old");
        ((string)found["cached"]!).Should().EndWith($"{oldCommit}/config.json");
        ((string)(await AskAsync("offline-find", "acme/py", "main", "config.json"))["text"]!).Should().Be("new");
        foreach (var revision in (string[])[nowCommit, "main"])
        {
            ((string)(await AskAsync("offline-snapshot", "acme/py", revision))["folder"]!)
                .Should()
                .EndWith($"/snapshots/{nowCommit}", "versions from 1.26.1 on want the list of the commit's files");
        }

        var scan = await AskAsync("scan");
        scan["warnings"]!.AsArray().Should().BeEmpty();
        scan["revisions"]!.AsArray().Select(each => (string)each!).Should().Contain([oldCommit, nowCommit]);

        await _hub.ClearRecordAsync();
        await AskAsync("online-load", "acme/moving");
        (await DownloadedAsync()).Should().NotContain("model.safetensors", "the store has it");
        await _hub.ClearRecordAsync();
        ((long)(await AskAsync("online-load", "acme/part", "model.safetensors"))["size"]!).Should().Be(50_000);
        (await DownloadedAsync()).Should().Equal("model.safetensors");

        await AskAsync("delete", oldCommit);
        await AskAsync("delete", nowCommit);
        (await StoreHashAsync()).Should().Be(store, "a client's delete takes links, never the store's files");
        var mended = await _module.ActivateAsync(script);
        mended.ExitCode.Should().Be(0, mended.Output);
        ((string)(await AskAsync("offline-find", "acme/py", "v1.0", "config.json"))["text"]!).Should().Be("old");
        ((string)(await AskAsync("offline-find", "acme/py", "main", "config.json"))["text"]!).Should().Be("new");
    }

    [Fact]
    public async Task A_service_without_a_home_finds_models_in_a_view_that_it_cannot_write_to()
    {
        if (!await IsHereAsync() || !ModuleRun.IsRoot)
            return;
        _hub.Repository("acme/service").File("config.json", "served").Lfs("model.safetensors", new byte[100_000]);
        var (model, commit) = await _module.ModelAsync("acme/service");
        var command = _module.ServiceCommand($"models.tiny = {model};", group: "games");
        var linked = await _module.ExecuteAsync(command);
        linked.ExitCode.Should().Be(0, linked.Errors);
        var cacheDir = _module.Store["cache"];
        var environment = (
            await StandIn.NixOSAsync(
                $$"""{ services.ai-models = { enable = true; integration.huggingface.cacheDir = "{{cacheDir}}"; }; }""",
                "config.services.ai-models.environment"
            )
        )
            .AsObject()
            .ToDictionary(each => each.Key, each => (string)each.Value!);
        // StateDirectory= of the service, the only folder that it may write to.
        environment["HF_HOME"] = Directory.CreateDirectory(_module.Store["service"]).FullName;
        (await Executable.RunAsync("chown", ["65534:65534", environment["HF_HOME"]])).ExitCode.Should().Be(0);
        _module.Through =
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            $"mount --bind '{cacheDir}' '{cacheDir}' && mount -o remount,ro,bind '{cacheDir}' && exec \"$@\"",
            "sh",
            "setpriv",
            "--reuid",
            "65534",
            "--regid",
            "65534",
            "--groups",
            "60",
        ];
        await _hub.ClearRecordAsync();

        foreach (var revision in (string[])["main", commit])
        {
            ((string)(await AskAsync(environment, "offline-find", "acme/service", revision, "config.json"))["text"]!)
                .Should()
                .Be("served");
        }

        var path = (string)
            JsonNode.Parse(await File.ReadAllTextAsync(command[^1], TestContext.Current.CancellationToken))!["models"]![
                0
            ]!["out"]!;
        var read = await Executable.RunAsync(
            _module.Through[0],
            [.. _module.Through[1..], "cat", $"{path}/config.json"],
            environment
        );
        read.Output.Should().Be("served", "MODEL_PATH is all that some programs take");
        (await _hub.RecordAsync()).Should().BeEmpty();
    }

    internal static async Task<bool> IsHereAsync() =>
        (
            await Executable.RunAsync(
                "/usr/bin/python3",
                ["-c", "import huggingface_hub"],
                new Dictionary<string, string> { ["PYTHONPATH"] = PythonPath }
            )
        ).ExitCode == 0;

    private async Task<IEnumerable<string?>> DownloadedAsync() =>
        [
            .. (await _hub.RecordAsync())
                .Where(request =>
                    request.On is "cdn" or "resolve"
                    && request.Method == "GET"
                    && request.Bytes > 0
                    && request.Status is 200 or 206
                )
                .Select(request => request.File)
                .Distinct(),
        ];

    private Task<JsonNode> AskAsync(params string[] words) =>
        AskAsync(new() { ["HOME"] = _module.Home, ["HF_ENDPOINT"] = _hub.Endpoint }, words);

    private async Task<JsonNode> AskAsync(Dictionary<string, string> environment, params string[] words)
    {
        var script = Path.Combine(_module.Store.Root, "client.py");
        File.Copy(Path.Combine(Executable.Root, "tests/interop/huggingface_hub_client.py"), script, overwrite: true);
        string[] command = [.. _module.Through, "/usr/bin/python3", script, .. words];
        var outcome = await Executable.RunAsync(
            command[0],
            command[1..],
            new Dictionary<string, string>(environment)
            {
                ["PYTHONPATH"] = PythonPath,
                ["HF_HUB_DISABLE_TELEMETRY"] = "1",
                ["HF_HUB_DISABLE_XET"] = "1",
            },
            Path.GetTempPath()
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        return JsonNode.Parse(outcome.Output.Trim().Split('\n')[^1])!;
    }

    private async Task<string> StoreHashAsync() =>
        (await NarHash.OfPathAsync(_module.Store.StoreFolder, TestContext.Current.CancellationToken)).Sri;

    private async Task<string> HashAsync(params (string Path, string Text)[] files)
    {
        var folder = Directory.CreateDirectory(_module.Store["hashed"]).FullName;
        foreach (var (path, text) in files)
            await File.WriteAllTextAsync(Path.Combine(folder, path), text, TestContext.Current.CancellationToken);
        return (await NarHash.OfPathAsync(folder, TestContext.Current.CancellationToken)).Sri;
    }
}
