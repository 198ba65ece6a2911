using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Cache;

/// <summary>The published executable, as the modules' service and activation run it.</summary>
public sealed partial class SyncCommandTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private const string Token = "hf_theRightToken";

    private static readonly Dictionary<string, string> Files = new()
    {
        ["config.json"] = "{}",
        ["model.safetensors"] = "weights",
    };

    private readonly PrivateStore _store = new(folder: PrivateStore.Shared);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_dry_run_prints_the_changes_and_makes_none()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);

        var outcome = await SyncAsync(_store.Manifest([model]), options: "--dry-run");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome
            .Output.Should()
            .Contain($"link {_store.Cache}/models--acme--tiny/snapshots/{model.Commit} -> {model.Raw}")
            .And.Contain("refs/main");
        Directory.Exists(_store.Cache).Should().BeFalse();
        Directory.Exists(_store.State).Should().BeFalse();
    }

    [Fact]
    public async Task A_model_that_is_no_repository_of_the_Hub_is_kept_and_linked_nowhere()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        var manifest = _store.Manifest([model]);
        var json = JsonNode.Parse(await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken))!;
        var entry = json["models"]![0]!.AsObject();
        foreach (var field in (string[])["repo", "repoType", "rev", "source"])
            entry[field] = null;
        entry["refs"] = new JsonArray();
        await File.WriteAllTextAsync(manifest, json.ToJsonString(), TestContext.Current.CancellationToken);

        var outcome = await SyncAsync(manifest);
        var again = await SyncAsync(manifest);

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        Directory.EnumerateFileSystemEntries(_store.Cache).Should().BeEmpty();
        Directory
            .EnumerateFileSystemEntries(Path.Combine(_store.State, "roots"), "*", SearchOption.AllDirectories)
            .Select(root => new FileInfo(root).LinkTarget)
            .Should()
            .Contain(model.Out);
        again.Errors.Should().Contain("1 unchanged");
    }

    [Fact]
    public async Task Two_hundred_models_of_forty_files_are_linked_and_then_left_alone()
    {
        // In memory where that can be: a busy disk is slow to make 24,000 links.
        using var memory = new TemporaryFolder(Directory.Exists("/dev/shm") ? "/dev/shm" : _store.Root);
        var manifest = _store.Manifest(_store.Models(count: 200, files: 40), cache: Path.Combine(memory.Path, "hub"));

        (await SyncAsync(manifest)).Errors.Should().Contain("200 linked");
        (await SyncAsync(manifest)).Errors.Should().Contain("200 unchanged");
    }

    [Theory]
    [InlineData("variable")]
    [InlineData("file")]
    [InlineData("home file")]
    [InlineData("credential")]
    public async Task A_gated_model_is_fetched_outside_the_build_with_the_token_which_shows_nowhere(string place)
    {
        var model = await GatedModel.OfAsync(hub, _store, Token, $"acme/gated-{place.Replace(' ', '-')}");
        Directory.CreateDirectory(_store["home/secret"]);
        await File.WriteAllTextAsync(
            _store["home/secret/hf-token"],
            Token + "\n",
            TestContext.Current.CancellationToken
        );
        var (auth, environment) = place switch
        {
            "variable" => (
                (object)new { tokenEnvVar = "MY_TOKEN", tokenFile = "/nowhere" },
                new Dictionary<string, string> { ["MY_TOKEN"] = Token }
            ),
            "file" => (new { tokenFile = _store["home/secret/hf-token"] }, []),
            "home file" => (new { tokenFile = "~/secret/hf-token", tokenEnvVar = "MY_TOKEN" }, []),
            // A service has no home.
            _ => (
                new { tokenFile = "/run/secrets/not-readable" },
                new()
                {
                    ["CREDENTIALS_DIRECTORY"] = _store["home/secret"],
                    ["HOME"] = "",
                    ["XDG_CACHE_HOME"] = "",
                }
            ),
        };
        await hub.ClearRecordAsync();

        var outcome = await SyncAsync(_store.Manifest([model], auth: auth), environment);

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        (
            await File.ReadAllTextAsync(
                Path.Combine(_store.Cache, model.Folder, "snapshots", model.Commit, "config.json"),
                TestContext.Current.CancellationToken
            )
        )
            .Should()
            .Be("{}");
        (outcome.Output + outcome.Errors).Should().NotContain(Token);
        Directory
            .GetFiles(_store.State, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).LinkTarget is null)
            .Should()
            .OnlyContain(file => !File.ReadAllText(file).Contains(Token));
        (await hub.RecordAsync()).Should().NotContain(request => request.Origin == "cdn" && request.Authorization);
        Directory.Exists(Path.Combine(_store.State, "downloads")).Should().Be(place == "credential");
        _store.Nix("nix-collect-garbage");
        Directory.Exists(model.Raw).Should().BeTrue();
    }

    [Theory]
    [InlineData("hf_wrong")]
    [InlineData(null)]
    public async Task Without_the_right_token_the_gated_model_fails_and_the_others_are_linked(string? token)
    {
        var model = await GatedModel.OfAsync(hub, _store, Token, token is null ? "acme/no-token" : "acme/wrong-token");
        var other = _store.Model("other", "acme/other", Files);
        var manifest = _store.Manifest([model, other], auth: new { tokenEnvVar = "HF_TOKEN" });

        var outcome = await SyncAsync(manifest, token is null ? [] : new() { ["HF_TOKEN"] = token });

        outcome.ExitCode.Should().Be(4, outcome.Errors);
        if (token is null)
            outcome.Errors.Should().Contain("environment variable HF_TOKEN (auth.tokenEnvVar) is not set");
        else
            outcome.Errors.Should().NotContain(token);
        outcome.Errors.Should().Contain($"failed ({model.Name}: exit code 4)");
        Directory.Exists(Path.Combine(_store.Cache, other.Folder)).Should().BeTrue();

        var later = await SyncAsync(manifest, new() { ["HF_TOKEN"] = Token });
        later.ExitCode.Should().Be(0, later.Errors);
        later.Errors.Should().Contain("1 linked, 1 unchanged");
    }

    [Theory]
    [InlineData("variable", "MY_TOKEN")]
    [InlineData("file", "~/secret/hf-token (auth.tokenFile)")]
    [InlineData("credential", "/run/secrets/hf (auth.tokenFile)")]
    public async Task A_refused_token_is_named_as_what_the_configuration_says(string place, string source)
    {
        var model = await GatedModel.OfAsync(hub, _store, Token, $"acme/refused-{place}");
        Directory.CreateDirectory(_store["home/secret"]);
        await File.WriteAllTextAsync(_store["home/secret/hf-token"], "hf_wrong", TestContext.Current.CancellationToken);
        var (auth, environment) = place switch
        {
            "variable" => (
                (object)new { tokenEnvVar = "MY_TOKEN" },
                new Dictionary<string, string> { ["MY_TOKEN"] = "hf_wrong" }
            ),
            "file" => (new { tokenFile = "~/secret/hf-token" }, []),
            _ => (new { tokenFile = "/run/secrets/hf" }, new() { ["CREDENTIALS_DIRECTORY"] = _store["home/secret"] }),
        };

        var outcome = await SyncAsync(_store.Manifest([model], auth: auth), environment);

        outcome.ExitCode.Should().Be(4, outcome.Errors);
        outcome.Errors.Should().Contain($"the token from {source}").And.NotContain("HF_TOKEN");
    }

    [Fact]
    public async Task Files_that_have_changed_since_they_were_pinned_never_get_into_the_store()
    {
        var model = await GatedModel.OfAsync(hub, _store, Token, "acme/moved");
        hub.Repository("acme/moved").File("config.json", "{ \"moved\": true }");

        var outcome = await SyncAsync(
            _store.Manifest([model], auth: new { tokenEnvVar = "HF_TOKEN" }),
            new() { ["HF_TOKEN"] = Token }
        );

        outcome.ExitCode.Should().Be(6, outcome.Errors);
        outcome.Errors.Should().Contain("nix-prefetch-hf acme/moved");
    }

    [Fact]
    public async Task Only_the_group_may_use_the_cache()
    {
        var model = _store.Model("tiny", "acme/tiny", Files, refs: ["main", "refs/pr/1"]);
        // Not root's own where this is root, so that its giving away is seen.
        var group = IsRoot ? "games" : RealGroup();

        var outcome = await SyncAsync(_store.Manifest([model], group: group));

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        foreach (
            var path in (string[])
                [
                    "",
                    "/models--acme--tiny",
                    "/models--acme--tiny/snapshots",
                    "/models--acme--tiny/refs",
                    "/models--acme--tiny/refs/refs/pr",
                    "/models--acme--tiny/blobs",
                ]
        )
        {
            (
                File.GetUnixFileMode(_store.Cache + path)
                & (
                    UnixFileMode.GroupRead
                    | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherRead
                    | UnixFileMode.OtherWrite
                    | UnixFileMode.OtherExecute
                )
            )
                .Should()
                .Be(UnixFileMode.GroupRead | UnixFileMode.GroupExecute, path);
        }

        if (!IsRoot)
            return;
        var config = $"{_store.Cache}/models--acme--tiny/snapshots/{model.Commit}/config.json";
        (
            await Executable.RunAsync(
                "setpriv",
                [
                    "--reuid",
                    "65534",
                    "--regid",
                    "games",
                    "--clear-groups",
                    "cat",
                    config,
                    $"{_store.Cache}/models--acme--tiny/refs/main",
                ]
            )
        )
            .Output.Should()
            .Be("{}" + model.Commit);
        (
            await Executable.RunAsync(
                "setpriv",
                ["--reuid", "65534", "--regid", "65534", "--clear-groups", "cat", config]
            )
        )
            .ExitCode.Should()
            .NotBe(0);
        Directory.SetLastWriteTimeUtc(_store.Cache, DateTime.UnixEpoch);
        File.SetUnixFileMode(
            $"{_store.Cache}/models--acme--tiny/blobs",
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        (await SyncAsync(_store.Manifest([model], group: group))).Errors.Should().Contain("1 linked");
        (await SyncAsync(_store.Manifest([model], group: group))).Errors.Should().Contain("1 unchanged");
    }

    [Fact]
    public async Task A_group_that_is_not_there_is_said()
    {
        var outcome = await SyncAsync(
            _store.Manifest([_store.Model("tiny", "acme/tiny", Files)], group: "no-such-group")
        );

        outcome.ExitCode.Should().Be(7);
        outcome.Errors.Should().Contain("groupadd --system no-such-group");
    }

    [Fact]
    public async Task SIGTERM_ends_it_even_where_a_file_does_not_answer()
    {
        SharedMachine.Run("mkfifo", _store["token"]);
        var model = await GatedModel.OfAsync(hub, _store, Token, "acme/waiting");
        var manifest = _store.Manifest([model], auth: new { tokenFile = _store["token"] });
        using var process = Executable.Start(
            Executable.Fetcher,
            ["sync", "--manifest", manifest],
            new Dictionary<string, string> { ["HOME"] = _store["home"], ["HF_ENDPOINT"] = hub.Endpoint }
        );
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("fetching it", StringComparison.Ordinal))
                break;
        }

        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        var ends = Stopwatch.StartNew();
        SharedMachine.Run("kill", "-TERM", $"{process.Id}");
        var outcome = await Executable.FinishAsync(process);

        outcome.ExitCode.Should().Be(130, outcome.Errors);
        ends.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_to_says_so()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        (await SyncAsync(_store.Manifest([model], cache: "/proc/1/hub"))).ExitCode.Should().Be(7);
    }

    [Fact]
    public async Task Clients_find_the_files_and_scan_without_a_warning()
    {
        var models = new[]
        {
            _store.Model("tiny", "acme/tiny", Files),
            _store.Model("old", "acme/tiny", new Dictionary<string, string> { ["config.json"] = "old" }, refs: "v1"),
        };
        await SyncAsync(_store.Manifest(models));
        await SyncAsync(_store.Manifest(models[..1]));

        var scan = await Executable.RunAsync(
            Executable.Fetcher,
            ["scan-cache", "--cache-dir", _store.Cache, "--state-dir", _store.State, "--format", "json"]
        );
        using var ours = JsonDocument.Parse(scan.Output);
        ours.RootElement.GetArrayLength().Should().Be(1);
        ours.RootElement[0].GetProperty("owner").GetString().Should().Be("model tiny");
        ours.RootElement[0].GetProperty("storePath").GetString().Should().Be(models[0].Raw);
        ours.RootElement[0].GetProperty("size").GetInt64().Should().Be(9);

        var interop = Path.Combine(Executable.Root, "tests", "interop");
        var node = await Executable.RunAsync("node", [Path.Combine(interop, "scan-cache.mjs"), _store.Cache]);
        node.ExitCode.Should().Be(0, node.Errors);
        using var theirs = JsonDocument.Parse(node.Output);
        theirs
            .RootElement[0]
            .GetProperty("revisions")[0]
            .GetProperty("files")
            .EnumerateArray()
            .Select(file => file.GetString())
            .Should()
            .Equal("config.json", "model.safetensors");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{ "version": 2 }""")]
    [InlineData("""{ "version": 1, "stateDir": "relative", "models": [] }""")]
    public async Task What_is_no_manifest_is_a_usage_error(string text)
    {
        await File.WriteAllTextAsync(_store["manifest.json"], text, TestContext.Current.CancellationToken);

        var outcome = await SyncAsync(_store["manifest.json"]);

        outcome.ExitCode.Should().Be(2, outcome.Errors);
    }

    private sealed class TemporaryFolder(string above) : IDisposable
    {
        internal string Path { get; } = Directory.CreateDirectory($"{above}/nix-ai-models-{Guid.NewGuid():N}").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private static bool IsRoot => User() == 0;

    private static string RealGroup()
    {
        using var process = Process.Start(new ProcessStartInfo("id", "-gn") { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint User();

    /// <summary>Seconds that a run takes, and those that it and its children spend computing.</summary>
    private Task<Outcome> SyncAsync(
        string manifest,
        Dictionary<string, string>? environment = null,
        params string[] options
    ) =>
        Executable.RunAsync(
            Executable.Fetcher,
            ["sync", "--manifest", manifest, .. options],
            new Dictionary<string, string>
            {
                ["HOME"] = _store["home"],
                ["XDG_CACHE_HOME"] = _store["download"],
                ["HF_ENDPOINT"] = hub.Endpoint,
            }
                .Concat(environment ?? [])
                .GroupBy(variable => variable.Key)
                .ToDictionary(same => same.Key, same => same.Last().Value)
        );
}
