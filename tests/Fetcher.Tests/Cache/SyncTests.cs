using NixAiModels.Posix;
using NixAiModels.Sync;

namespace NixAiModels.Tests.Cache;

public sealed class SyncTests : IDisposable
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["config.json"] = "{}",
        ["model.safetensors"] = "weights",
        ["onnx/model.onnx"] = "graph",
    };

    private readonly PrivateStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_model_is_one_link_with_its_ref_and_its_blobs()
    {
        var model = _store.Model("tiny", "acme/tiny", Files, refs: ["main", "refs/pr/1"]);

        (await SyncAsync(model)).Should().Be(ExitCode.Done);

        var folder = Path.Combine(_store.Cache, "models--acme--tiny");
        new FileInfo($"{folder}/snapshots/{model.Commit}").LinkTarget.Should().Be(model.Raw);
        (await File.ReadAllTextAsync($"{folder}/refs/main", Cancellation)).Should().Be(model.Commit);
        (await File.ReadAllTextAsync($"{folder}/refs/refs/pr/1", Cancellation)).Should().Be(model.Commit);
        foreach (var (path, text) in Files)
        {
            new FileInfo($"{folder}/blobs/{PrivateStore.Sha256(text)}").LinkTarget.Should().Be($"{model.Raw}/{path}");
            new FileInfo($"{folder}/blobs/{PrivateStore.BlobId(text)}").LinkTarget.Should().Be($"{model.Raw}/{path}");
        }

        CacheView.Complaints(_store.Cache).Should().BeEmpty();
    }

    [Fact]
    public async Task A_second_run_changes_nothing()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(model);
        var cache = CacheView.Exactly(_store.Cache);
        var state = await File.ReadAllTextAsync(Path.Combine(_store.State, "state.json"), Cancellation);

        (await SyncAsync(model)).Should().Be(ExitCode.Done);

        CacheView.Exactly(_store.Cache).Should().Equal(cache);
        (await File.ReadAllTextAsync(Path.Combine(_store.State, "state.json"), Cancellation)).Should().Be(state);
    }

    [Fact]
    public async Task The_collector_takes_no_configured_model_and_takes_a_removed_one()
    {
        var stays = _store.Model("stays", "acme/stays", Files);
        var goes = _store.Model("goes", "acme/goes", new Dictionary<string, string> { ["config.json"] = "other" });
        await SyncAsync(stays, goes);
        _store.Nix("nix-collect-garbage");
        CacheView.Complaints(_store.Cache).Should().BeEmpty();
        File.Exists(stays.Report).Should().BeTrue();

        await SyncAsync(stays);
        _store.Nix("nix-collect-garbage");

        Directory.Exists(stays.Raw).Should().BeTrue();
        Path.Exists(goes.Raw).Should().BeFalse();
        Directory.GetFileSystemEntries(_store.Cache).Select(Path.GetFileName).Should().Equal("models--acme--stays");
    }

    [Fact]
    public async Task No_models_is_success_and_the_last_one_goes_too()
    {
        (await SyncAsync()).Should().Be(ExitCode.Done);
        await SyncAsync(_store.Model("tiny", "acme/tiny", Files));

        (await SyncAsync()).Should().Be(ExitCode.Done);

        CacheView.Of(_store.Cache).Should().BeEmpty();
    }

    [Fact]
    public async Task A_selection_is_a_folder_of_links_to_which_a_client_can_add()
    {
        var model = _store.Model("part", "acme/part", Files, partial: true);
        await SyncAsync([model], rootOfStore: false);
        var snapshot = Path.Combine(_store.Cache, "models--acme--part/snapshots", model.Commit);
        new FileInfo($"{snapshot}/onnx/model.onnx").LinkTarget.Should().Be($"{model.Raw}/onnx/model.onnx");
        await File.WriteAllTextAsync($"{snapshot}/README.md", "a client's", Cancellation);

        await SyncAsync([model], rootOfStore: false);
        File.Exists($"{snapshot}/README.md").Should().BeTrue();
        await SyncAsync();

        CacheView.Of(snapshot).Should().Equal("README.md: a client's");
        (await File.ReadAllTextAsync(Path.Combine(_store.Cache, "models--acme--part/refs/main"), Cancellation))
            .Should()
            .Be(model.Commit);
    }

    [Fact]
    public async Task Where_the_owner_could_delete_from_the_store_a_selection_is_one_link()
    {
        var model = _store.Model("part", "acme/part", Files, partial: true);

        await SyncAsync([model], rootOfStore: true);

        new FileInfo(Path.Combine(_store.Cache, "models--acme--part/snapshots", model.Commit))
            .LinkTarget.Should()
            .Be(model.Raw);
    }

    [Fact]
    public async Task Two_revisions_live_side_by_side_and_the_one_that_stays_keeps_what_they_share()
    {
        var first = _store.Model("old", "acme/tiny", Files, refs: "v1");
        var second = _store.Model(
            "new",
            "acme/tiny",
            new Dictionary<string, string>(Files) { ["config.json"] = "changed" },
            refs: "main"
        );
        await SyncAsync(first, second);
        CacheView.Complaints(_store.Cache).Should().BeEmpty();

        await SyncAsync(second);

        var folder = Path.Combine(_store.Cache, "models--acme--tiny");
        Directory.GetFileSystemEntries($"{folder}/snapshots").Select(Path.GetFileName).Should().Equal(second.Commit);
        Directory.GetFiles($"{folder}/refs").Select(Path.GetFileName).Should().Equal("main");
        new FileInfo($"{folder}/blobs/{PrivateStore.Sha256("weights")}")
            .LinkTarget.Should()
            .Be($"{second.Raw}/model.safetensors");
        File.Exists($"{folder}/blobs/{PrivateStore.Sha256("{}")}").Should().BeFalse();
    }

    [Fact]
    public async Task A_download_of_the_users_own_stays_and_its_ref_comes_back()
    {
        var own = PrivateStore.Hex("own");
        var before = OwnDownload("acme/tiny", own, "main");
        var model = _store.Model("tiny", "acme/tiny", Files);

        await SyncAsync(model);
        (await File.ReadAllTextAsync(Path.Combine(_store.Cache, "models--acme--tiny/refs/main"), Cancellation))
            .Should()
            .Be(model.Commit);
        await SyncAsync();

        CacheView.Of(_store.Cache).Should().Equal(before);
    }

    [Fact]
    public async Task Two_models_that_claim_one_ref_are_refused_and_a_third_is_linked()
    {
        var first = _store.Model("one", "acme/tiny", Files);
        var second = _store.Model("two", "acme/tiny", new Dictionary<string, string> { ["config.json"] = "two" });
        var third = _store.Model("three", "acme/three", Files);

        (await SyncAsync(first, second, third)).Should().Be(ExitCode.Usage);

        Directory.GetFileSystemEntries(_store.Cache).Select(Path.GetFileName).Should().Equal("models--acme--three");
    }

    [Fact]
    public async Task What_is_not_ours_and_in_the_way_is_an_error_and_stays()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        var other = _store.Model("other", "acme/other", Files);
        OwnDownload("acme/tiny", model.Commit, "v1");
        var before = CacheView.Of(Path.Combine(_store.Cache, "models--acme--tiny/snapshots"));

        (await SyncAsync(model, other)).Should().Be(ExitCode.LocalIO);

        CacheView.Of(Path.Combine(_store.Cache, "models--acme--tiny/snapshots")).Should().Equal(before);
        Directory.Exists(Path.Combine(_store.Cache, "models--acme--other/snapshots", other.Commit)).Should().BeTrue();
        CacheView.Complaints(_store.Cache).Should().BeEmpty();
        (await SyncAsync(other)).Should().Be(ExitCode.Done);
        CacheView.Of(Path.Combine(_store.Cache, "models--acme--tiny/blobs")).Should().ContainSingle();
    }

    [Theory]
    [InlineData("rm -rf models--acme--tiny")]
    [InlineData("rm models--acme--tiny/snapshots/*")]
    [InlineData("rm -rf models--acme--tiny/blobs models--acme--tiny/refs")]
    [InlineData("echo 0000000000000000000000000000000000000000 > models--acme--tiny/refs/main")]
    [InlineData("mkdir models--acme--tiny/.nix-ai-models-new; ln -s /x models--acme--tiny/.nix-ai-models-new/x")]
    public async Task Links_that_others_have_damaged_are_mended(string damage)
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(model);
        var before = CacheView.Of(_store.Cache);
        Shell(damage);

        (await SyncAsync(model)).Should().Be(ExitCode.Done);

        CacheView.Of(_store.Cache).Should().Equal(before);
    }

    [Fact]
    public async Task A_forced_download_of_a_client_is_kept_as_a_blob_and_so_is_the_link_to_it()
    {
        var model = _store.Model("part", "acme/part", Files, partial: true);
        await SyncAsync([model], rootOfStore: false);
        var blob = $"models--acme--part/blobs/{PrivateStore.Sha256("weights")}";
        var pointer = $"models--acme--part/snapshots/{model.Commit}/model.safetensors";
        Shell(
            $"rm {blob} {pointer}; printf weights > {blob}; "
                + $"ln -s ../../blobs/{PrivateStore.Sha256("weights")} {pointer}"
        );

        (await SyncAsync([model], rootOfStore: false)).Should().Be(ExitCode.Done);

        new FileInfo(Path.Combine(_store.Cache, pointer))
            .LinkTarget.Should()
            .Be($"../../blobs/{PrivateStore.Sha256("weights")}");
        new FileInfo(Path.Combine(_store.Cache, blob)).LinkTarget.Should().BeNull();
    }

    [Fact]
    public async Task A_snapshot_that_a_client_made_of_our_blobs_is_left_without_broken_links()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(model);
        var moved = PrivateStore.Hex("moved");
        Shell(
            $"cd models--acme--tiny; mkdir snapshots/{moved}; printf {moved} > refs/main; "
                + $"ln -s ../../blobs/{PrivateStore.Sha256("weights")} snapshots/{moved}/w; "
                + $"printf own > blobs/own; ln -s ../../blobs/own snapshots/{moved}/own"
        );
        await SyncAsync(model);
        (await File.ReadAllTextAsync(Path.Combine(_store.Cache, "models--acme--tiny/refs/main"), Cancellation))
            .Should()
            .Be(model.Commit);

        await SyncAsync();

        CacheView.Complaints(_store.Cache).Should().BeEmpty();
        CacheView
            .Of(_store.Cache)
            .Should()
            .Equal(
                "models--acme--tiny/",
                "models--acme--tiny/blobs/",
                "models--acme--tiny/blobs/own: own",
                "models--acme--tiny/refs/",
                $"models--acme--tiny/refs/main: {moved}",
                "models--acme--tiny/snapshots/",
                $"models--acme--tiny/snapshots/{moved}/",
                $"models--acme--tiny/snapshots/{moved}/own -> ../../blobs/own"
            );
    }

    [Theory]
    [InlineData("models--acme--tiny")]
    [InlineData("models--acme--tiny/refs")]
    [InlineData("models--acme--tiny/blobs")]
    [InlineData("models--acme--tiny/trees")]
    public async Task Nothing_is_written_through_a_link_into_the_store(string place)
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        var foreign = _store.AddFolder("foreign", new Dictionary<string, string> { ["x"] = "y" });
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_store.Cache, place))!);
        File.CreateSymbolicLink(Path.Combine(_store.Cache, place), foreign);

        (await SyncAsync(model)).Should().Be(ExitCode.LocalIO);

        CacheView.Of(foreign).Should().Equal("x: y");
        new FileInfo(Path.Combine(_store.Cache, place)).LinkTarget.Should().Be(foreign);
    }

    [Fact]
    public async Task A_cache_in_the_store_is_refused()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        File.CreateSymbolicLink(_store["link"], _store.StoreFolder);

        var sync = () => RunAsync(_store.Manifest([model], cache: _store["link/hub"]));

        (await sync.Should().ThrowAsync<Failure>()).Which.Code.Should().Be(ExitCode.Usage);
    }

    [Fact]
    public async Task A_cache_that_is_not_called_hub_is_a_cache_and_a_home()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        var cache = _store["models"];

        await RunAsync(_store.Manifest([model], cache));
        new FileInfo($"{cache}/models--acme--tiny").LinkTarget.Should().Be("hub/models--acme--tiny");
        File.Exists($"{cache}/models--acme--tiny/snapshots/{model.Commit}/config.json").Should().BeTrue();
        CacheView.Complaints($"{cache}/hub").Should().BeEmpty();
        await RunAsync(_store.Manifest([], cache));

        CacheView.Of(cache).Should().Equal("hub/");
    }

    [Fact]
    public async Task A_changed_cache_directory_moves_the_links()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(model);

        await RunAsync(_store.Manifest([model], _store["other/hub"]));
        CacheView.Of(_store.Cache).Should().BeEmpty();
        await RunAsync(_store.Manifest([model], noCache: true));

        CacheView.Of(_store["other/hub"]).Should().BeEmpty();
        _store.Nix("nix-collect-garbage");
        Directory.Exists(model.Raw).Should().BeTrue();
    }

    [Fact]
    public async Task A_model_that_cannot_be_built_keeps_no_other_from_being_linked_and_keeps_what_it_had()
    {
        var old = _store.Model("broken", "acme/broken", Files);
        await SyncAsync(old);
        var builder = _store.Nix(
            "nix-instantiate",
            "-E",
            """
            derivation {
              name = "new"; system = builtins.currentSystem; builder = "/bin/sh";
              args = [ "-c" "echo no; exit 8" ]; outputs = [ "out" "report" ];
            }
            """
        );
        var outputs = _store.Nix("nix-store", "--query", "--outputs", builder).Split('\n');
        var now = old with
        {
            Commit = PrivateStore.Hex("new"),
            Out = outputs[0],
            Report = outputs[1],
            Derivation = builder,
        };
        var other = _store.Model("other", "acme/other", Files);

        (await SyncAsync(now, other)).Should().Be(ExitCode.Validation);

        _store.Nix("nix-collect-garbage");
        CacheView.Complaints(_store.Cache).Should().BeEmpty();
        Directory.Exists(Path.Combine(_store.Cache, "models--acme--broken/snapshots", old.Commit)).Should().BeTrue();
        Directory.Exists(Path.Combine(_store.Cache, "models--acme--other/snapshots", other.Commit)).Should().BeTrue();
    }

    [Fact]
    public async Task Partial_downloads_that_no_model_will_resume_are_removed()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        var download = Path.Combine(_store.State, "downloads", "0123456789abcdef");
        Directory.CreateDirectory(Path.Combine(download, "tree", "hf+acme+gone"));
        await File.WriteAllTextAsync(download + ".lock", "", Cancellation);
        using (await FileLock.TakeAsync(download + ".lock", Cancellation))
        {
            await SyncAsync(model);
            Directory.Exists(download).Should().BeTrue("a process works on it");
        }

        await SyncAsync(model);

        Directory.EnumerateFileSystemEntries(Path.Combine(_store.State, "downloads")).Should().BeEmpty();
    }

    [Fact]
    public async Task Several_at_once_wait_for_each_other()
    {
        var models = Enumerable.Range(0, 5).Select(i => _store.Model($"m{i}", $"acme/m{i}", Files)).ToArray();

        var codes = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => Task.Run(() => SyncAsync(models[..(i + 2)])))
        );

        codes.Should().AllBeEquivalentTo(ExitCode.Done);
        CacheView.Complaints(_store.Cache).Should().BeEmpty();
    }

    private string[] OwnDownload(string repository, string commit, string reference)
    {
        var folder = Directory
            .CreateDirectory(
                Path.Combine(_store.Cache, $"models--{repository.Replace("/", "--", StringComparison.Ordinal)}")
            )
            .FullName;
        foreach (var path in (string[])["blobs", "refs", $"snapshots/{commit}"])
            Directory.CreateDirectory(Path.Combine(folder, path));
        File.WriteAllText($"{folder}/blobs/own", "own");
        File.WriteAllText($"{folder}/refs/{reference}", commit);
        File.CreateSymbolicLink($"{folder}/snapshots/{commit}/own", "../../blobs/own");
        return CacheView.Of(_store.Cache);
    }

    private void Shell(string script)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = _store.Cache }
        )!;
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }

    private Task<ExitCode> SyncAsync(params TestModel[] models) => SyncAsync(models, rootOfStore: true);

    private Task<ExitCode> SyncAsync(TestModel[] models, bool rootOfStore) =>
        new SyncRun(SyncManifest.Read(_store.Manifest(models)), null, dryRun: false)
        {
            OwnerCanWriteTo = _ => rootOfStore,
        }.RunAsync(Cancellation);

    private static Task<ExitCode> RunAsync(string manifest) =>
        new SyncRun(SyncManifest.Read(manifest), null, dryRun: false).RunAsync(Cancellation);
}
