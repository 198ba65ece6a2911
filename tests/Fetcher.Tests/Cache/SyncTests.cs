using NixAiModels.Cache;

namespace NixAiModels.Tests.Cache;

public sealed class SyncTests : IDisposable
{
    private static readonly Dictionary<string, string> s_files = new()
    {
        ["config.json"] = "{}",
        ["model.safetensors"] = "weights",
        ["onnx/model.onnx"] = "graph",
    };

    private readonly PrivateStore store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task A_model_is_one_link_with_its_ref_and_its_blobs()
    {
        var model = store.Model("tiny", "acme/tiny", s_files, refs: ["main", "refs/pr/1"]);

        (await Sync(model)).Should().Be(ExitCode.Done);

        var folder = Path.Combine(store.Cache, "models--acme--tiny");
        new FileInfo($"{folder}/snapshots/{model.Commit}").LinkTarget.Should().Be(model.Raw);
        (await File.ReadAllTextAsync($"{folder}/refs/main", Cancellation)).Should().Be(model.Commit);
        (await File.ReadAllTextAsync($"{folder}/refs/refs/pr/1", Cancellation)).Should().Be(model.Commit);
        foreach (var (path, text) in s_files)
        {
            new FileInfo($"{folder}/blobs/{PrivateStore.Sha256(text)}").LinkTarget.Should().Be($"{model.Raw}/{path}");
            new FileInfo($"{folder}/blobs/{PrivateStore.BlobId(text)}").LinkTarget.Should().Be($"{model.Raw}/{path}");
        }

        CacheView.Complaints(store.Cache).Should().BeEmpty();
    }

    [Fact]
    public async Task A_second_run_changes_nothing()
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        await Sync(model);
        var cache = CacheView.Exactly(store.Cache);
        var state = await File.ReadAllTextAsync(Path.Combine(store.State, "state.json"), Cancellation);

        (await Sync(model)).Should().Be(ExitCode.Done);

        CacheView.Exactly(store.Cache).Should().Equal(cache);
        (await File.ReadAllTextAsync(Path.Combine(store.State, "state.json"), Cancellation)).Should().Be(state);
    }

    [Fact]
    public async Task The_collector_takes_no_configured_model_and_takes_a_removed_one()
    {
        var stays = store.Model("stays", "acme/stays", s_files);
        var goes = store.Model("goes", "acme/goes", new Dictionary<string, string> { ["config.json"] = "other" });
        await Sync(stays, goes);
        store.Nix("nix-collect-garbage");
        CacheView.Complaints(store.Cache).Should().BeEmpty();
        File.Exists(stays.Report).Should().BeTrue();

        await Sync(stays);
        store.Nix("nix-collect-garbage");

        Directory.Exists(stays.Raw).Should().BeTrue();
        Path.Exists(goes.Raw).Should().BeFalse();
        Directory.GetFileSystemEntries(store.Cache).Select(Path.GetFileName).Should().Equal("models--acme--stays");
    }

    [Fact]
    public async Task No_models_is_success_and_the_last_one_goes_too()
    {
        (await Sync()).Should().Be(ExitCode.Done);
        await Sync(store.Model("tiny", "acme/tiny", s_files));

        (await Sync()).Should().Be(ExitCode.Done);

        CacheView.Of(store.Cache).Should().BeEmpty();
    }

    [Fact]
    public async Task A_selection_is_a_folder_of_links_to_which_a_client_can_add()
    {
        var model = store.Model("part", "acme/part", s_files, partial: true);
        await Sync([model], rootOfStore: false);
        var snapshot = Path.Combine(store.Cache, "models--acme--part/snapshots", model.Commit);
        new FileInfo($"{snapshot}/onnx/model.onnx").LinkTarget.Should().Be($"{model.Raw}/onnx/model.onnx");
        await File.WriteAllTextAsync($"{snapshot}/README.md", "a client's", Cancellation);

        await Sync([model], rootOfStore: false);
        File.Exists($"{snapshot}/README.md").Should().BeTrue();
        await Sync();

        CacheView.Of(snapshot).Should().Equal("README.md: a client's");
        (await File.ReadAllTextAsync(Path.Combine(store.Cache, "models--acme--part/refs/main"), Cancellation)).Should().Be(model.Commit);
    }

    [Fact]
    public async Task Where_the_owner_could_delete_from_the_store_a_selection_is_one_link()
    {
        var model = store.Model("part", "acme/part", s_files, partial: true);

        await Sync([model], rootOfStore: true);

        new FileInfo(Path.Combine(store.Cache, "models--acme--part/snapshots", model.Commit)).LinkTarget.Should().Be(model.Raw);
    }

    [Fact]
    public async Task Two_revisions_live_side_by_side_and_the_one_that_stays_keeps_what_they_share()
    {
        var first = store.Model("old", "acme/tiny", s_files, refs: "v1");
        var second = store.Model("new", "acme/tiny", new Dictionary<string, string>(s_files) { ["config.json"] = "changed" }, refs: "main");
        await Sync(first, second);
        CacheView.Complaints(store.Cache).Should().BeEmpty();

        await Sync(second);

        var folder = Path.Combine(store.Cache, "models--acme--tiny");
        Directory.GetFileSystemEntries($"{folder}/snapshots").Select(Path.GetFileName).Should().Equal(second.Commit);
        Directory.GetFiles($"{folder}/refs").Select(Path.GetFileName).Should().Equal("main");
        new FileInfo($"{folder}/blobs/{PrivateStore.Sha256("weights")}").LinkTarget.Should().Be($"{second.Raw}/model.safetensors");
        File.Exists($"{folder}/blobs/{PrivateStore.Sha256("{}")}").Should().BeFalse();
    }

    [Fact]
    public async Task A_download_of_the_users_own_stays_and_its_ref_comes_back()
    {
        var own = PrivateStore.Hex("own");
        var before = OwnDownload("acme/tiny", own, "main");
        var model = store.Model("tiny", "acme/tiny", s_files);

        await Sync(model);
        (await File.ReadAllTextAsync(Path.Combine(store.Cache, "models--acme--tiny/refs/main"), Cancellation)).Should().Be(model.Commit);
        await Sync();

        CacheView.Of(store.Cache).Should().Equal(before);
    }

    [Fact]
    public async Task Two_models_that_claim_one_ref_are_refused_and_a_third_is_linked()
    {
        var first = store.Model("one", "acme/tiny", s_files);
        var second = store.Model("two", "acme/tiny", new Dictionary<string, string> { ["config.json"] = "two" });
        var third = store.Model("three", "acme/three", s_files);

        (await Sync(first, second, third)).Should().Be(ExitCode.Usage);

        Directory.GetFileSystemEntries(store.Cache).Select(Path.GetFileName).Should().Equal("models--acme--three");
    }

    [Fact]
    public async Task What_is_not_ours_and_in_the_way_is_an_error_and_stays()
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        var other = store.Model("other", "acme/other", s_files);
        OwnDownload("acme/tiny", model.Commit, "v1");
        var before = CacheView.Of(Path.Combine(store.Cache, "models--acme--tiny/snapshots"));

        (await Sync(model, other)).Should().Be(ExitCode.LocalIO);

        CacheView.Of(Path.Combine(store.Cache, "models--acme--tiny/snapshots")).Should().Equal(before);
        Directory.Exists(Path.Combine(store.Cache, "models--acme--other/snapshots", other.Commit)).Should().BeTrue();
        CacheView.Complaints(store.Cache).Should().BeEmpty();
        (await Sync(other)).Should().Be(ExitCode.Done);
        CacheView.Of(Path.Combine(store.Cache, "models--acme--tiny/blobs")).Should().ContainSingle();
    }

    [Theory]
    [InlineData("rm -rf models--acme--tiny")]
    [InlineData("rm models--acme--tiny/snapshots/*")]
    [InlineData("rm -rf models--acme--tiny/blobs models--acme--tiny/refs")]
    [InlineData("echo 0000000000000000000000000000000000000000 > models--acme--tiny/refs/main")]
    [InlineData("for f in models--acme--tiny/blobs/*; do ln -sfn /nowhere $f; done")]
    [InlineData("ln -sfn /tmp models--acme--tiny/snapshots/$(ls models--acme--tiny/snapshots)")]
    [InlineData("mkdir models--acme--tiny/.nix-ai-models-new; ln -s /x models--acme--tiny/.nix-ai-models-new/x")]
    public async Task Links_that_others_have_damaged_are_mended(string damage)
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        await Sync(model);
        var before = CacheView.Of(store.Cache);
        Shell(damage);

        (await Sync(model)).Should().Be(ExitCode.Done);

        CacheView.Of(store.Cache).Should().Equal(before);
    }

    [Fact]
    public async Task A_forced_download_of_a_client_is_kept_as_a_blob_and_the_link_is_mended()
    {
        var model = store.Model("part", "acme/part", s_files, partial: true);
        await Sync([model], rootOfStore: false);
        var blob = $"models--acme--part/blobs/{PrivateStore.Sha256("weights")}";
        var pointer = $"models--acme--part/snapshots/{model.Commit}/model.safetensors";
        Shell($"rm {blob} {pointer}; printf weights > {blob}; ln -s ../../blobs/{PrivateStore.Sha256("weights")} {pointer}");

        (await Sync([model], rootOfStore: false)).Should().Be(ExitCode.Done);

        new FileInfo(Path.Combine(store.Cache, pointer)).LinkTarget.Should().Be($"{model.Raw}/model.safetensors");
        new FileInfo(Path.Combine(store.Cache, blob)).LinkTarget.Should().BeNull();
    }

    [Fact]
    public async Task A_snapshot_that_a_client_made_of_our_blobs_is_left_without_broken_links()
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        await Sync(model);
        var moved = PrivateStore.Hex("moved");
        Shell($"cd models--acme--tiny; mkdir snapshots/{moved}; printf {moved} > refs/main; ln -s ../../blobs/{PrivateStore.Sha256("weights")} snapshots/{moved}/w; printf own > blobs/own; ln -s ../../blobs/own snapshots/{moved}/own");
        await Sync(model);
        (await File.ReadAllTextAsync(Path.Combine(store.Cache, "models--acme--tiny/refs/main"), Cancellation)).Should().Be(model.Commit);

        await Sync();

        CacheView.Complaints(store.Cache).Should().BeEmpty();
        CacheView.Of(store.Cache).Should().Equal(
            "models--acme--tiny/", "models--acme--tiny/blobs/", "models--acme--tiny/blobs/own: own", "models--acme--tiny/refs/",
            $"models--acme--tiny/refs/main: {moved}", "models--acme--tiny/snapshots/", $"models--acme--tiny/snapshots/{moved}/",
            $"models--acme--tiny/snapshots/{moved}/own -> ../../blobs/own");
    }

    [Theory]
    [InlineData("models--acme--tiny")]
    [InlineData("models--acme--tiny/refs")]
    [InlineData("models--acme--tiny/blobs")]
    public async Task Nothing_is_written_through_a_link_into_the_store(string place)
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        var foreign = store.AddFolder("foreign", new Dictionary<string, string> { ["x"] = "y" });
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(store.Cache, place))!);
        File.CreateSymbolicLink(Path.Combine(store.Cache, place), foreign);

        (await Sync(model)).Should().Be(ExitCode.LocalIO);

        CacheView.Of(foreign).Should().Equal("x: y");
        new FileInfo(Path.Combine(store.Cache, place)).LinkTarget.Should().Be(foreign);
    }

    [Fact]
    public async Task A_cache_in_the_store_is_refused()
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        File.CreateSymbolicLink(store["link"], store.StoreFolder);

        var sync = () => Run(store.Manifest([model], cache: store["link/hub"]));

        (await sync.Should().ThrowAsync<Failure>()).Which.Code.Should().Be(ExitCode.Usage);
    }

    [Fact]
    public async Task A_cache_that_is_not_called_hub_is_a_cache_and_a_home()
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        var cache = store["models"];

        await Run(store.Manifest([model], cache));
        new FileInfo($"{cache}/models--acme--tiny").LinkTarget.Should().Be("hub/models--acme--tiny");
        File.Exists($"{cache}/models--acme--tiny/snapshots/{model.Commit}/config.json").Should().BeTrue();
        CacheView.Complaints($"{cache}/hub").Should().BeEmpty();
        await Run(store.Manifest([], cache));

        CacheView.Of(cache).Should().Equal("hub/");
    }

    [Fact]
    public async Task A_changed_cache_directory_moves_the_links()
    {
        var model = store.Model("tiny", "acme/tiny", s_files);
        await Sync(model);

        await Run(store.Manifest([model], store["other/hub"]));
        CacheView.Of(store.Cache).Should().BeEmpty();
        await Run(store.Manifest([model], noCache: true));

        CacheView.Of(store["other/hub"]).Should().BeEmpty();
        store.Nix("nix-collect-garbage");
        Directory.Exists(model.Raw).Should().BeTrue();
    }

    [Fact]
    public async Task A_model_that_cannot_be_built_keeps_no_other_from_being_linked_and_keeps_what_it_had()
    {
        var old = store.Model("broken", "acme/broken", s_files);
        await Sync(old);
        var builder = store.Nix("nix-instantiate", "-E", """derivation { name = "new"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo no; exit 8" ]; outputs = [ "out" "report" ]; }""");
        var outputs = store.Nix("nix-store", "--query", "--outputs", builder).Split('\n');
        var now = old with { Commit = PrivateStore.Hex("new"), Out = outputs[0], Report = outputs[1], Derivation = builder };
        var other = store.Model("other", "acme/other", s_files);

        (await Sync(now, other)).Should().Be(ExitCode.Validation);

        store.Nix("nix-collect-garbage");
        CacheView.Complaints(store.Cache).Should().BeEmpty();
        Directory.Exists(Path.Combine(store.Cache, "models--acme--broken/snapshots", old.Commit)).Should().BeTrue();
        Directory.Exists(Path.Combine(store.Cache, "models--acme--other/snapshots", other.Commit)).Should().BeTrue();
    }

    [Fact]
    public async Task Several_at_once_wait_for_each_other()
    {
        var models = Enumerable.Range(0, 5).Select(i => store.Model($"m{i}", $"acme/m{i}", s_files)).ToArray();

        var codes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Sync(models[..(i + 2)]))));

        codes.Should().AllBeEquivalentTo(ExitCode.Done);
        CacheView.Complaints(store.Cache).Should().BeEmpty();
    }

    private string[] OwnDownload(string repository, string commit, string reference)
    {
        var folder = Directory.CreateDirectory(Path.Combine(store.Cache, $"models--{repository.Replace("/", "--", StringComparison.Ordinal)}")).FullName;
        foreach (var path in (string[])["blobs", "refs", $"snapshots/{commit}"]) Directory.CreateDirectory(Path.Combine(folder, path));
        File.WriteAllText($"{folder}/blobs/own", "own");
        File.WriteAllText($"{folder}/refs/{reference}", commit);
        File.CreateSymbolicLink($"{folder}/snapshots/{commit}/own", "../../blobs/own");
        return CacheView.Of(store.Cache);
    }

    private void Shell(string script)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = store.Cache })!;
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }

    private Task<ExitCode> Sync(params TestModel[] models) => Sync(models, rootOfStore: true);

    private Task<ExitCode> Sync(TestModel[] models, bool rootOfStore) =>
        new SyncRun(SyncManifest.Read(store.Manifest(models)), null, dryRun: false) { OwnerCanWriteTo = _ => rootOfStore }.Run(Cancellation);

    private static Task<ExitCode> Run(string manifest) => new SyncRun(SyncManifest.Read(manifest), null, dryRun: false).Run(Cancellation);
}
