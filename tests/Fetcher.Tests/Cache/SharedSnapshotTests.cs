using NixAiModels.Sync;

namespace NixAiModels.Tests.Cache;

/// <summary>Several models of one commit in a cache.</summary>
public sealed class SharedSnapshotTests : IDisposable
{
    private static readonly Dictionary<string, string> Config = new() { ["config.json"] = "{}", ["a.txt"] = "a" };
    private static readonly Dictionary<string, string> Weights = new() { ["config.json"] = "{}", ["w.bin"] = "w" };
    private static readonly Dictionary<string, string> All = new(Config) { ["w.bin"] = "w", ["README.md"] = "read" };
    private static readonly string Commit = PrivateStore.Hex("commit");

    private readonly PrivateStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Snapshot => Path.Combine(_store.Cache, "models--acme--tiny/snapshots", Commit);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Two_selections_are_one_snapshot_and_a_second_run_changes_nothing()
    {
        var (config, weights) = (Part("config", Config), Part("weights", Weights));
        await SyncAsync(config, weights);
        CacheView.Of(Snapshot).Select(line => line.Split(" -> ")[0]).Should().Equal("a.txt", "config.json", "w.bin");
        CacheView.Complaints(_store.Cache).Should().BeEmpty();
        var before = CacheView.Exactly(_store["home"]);

        await SyncAsync(config, weights);

        CacheView.Exactly(_store["home"]).Should().Equal(before);
    }

    [Theory]
    [InlineData("config")]
    [InlineData("weights")]
    public async Task One_of_two_selections_keeps_its_files_when_the_other_goes(string stays)
    {
        TestModel[] both = [Part("config", Config), Part("weights", Weights)];
        await SyncAsync(both);
        var left = both.Single(model => model.Name == stays);

        await SyncAsync(left);
        _store.Nix("nix-collect-garbage");

        CacheView.Complaints(_store.Cache).Should().BeEmpty();
        CacheView
            .Of(Snapshot)
            .Should()
            .BeEquivalentTo(Directory.GetFiles(left.Raw).Select(file => $"{Path.GetFileName(file)} -> {file}"));
        await SyncAsync();
        CacheView.Of(_store.Cache).Should().BeEmpty();
    }

    [Fact]
    public async Task The_whole_repository_serves_its_selections_and_they_come_back_when_it_goes()
    {
        var part = Part("part", Config);
        var whole = _store.Model("whole", "acme/tiny", All, Commit);
        await SyncAsync(part);

        await SyncAsync(part, whole);
        new FileInfo(Snapshot).LinkTarget.Should().Be(whole.Raw);
        OfflineClient.SnapshotDownload(Path.Combine(_store.Cache, "models--acme--tiny"), Commit).Should().Be(Snapshot);
        await SyncAsync(part);
        _store.Nix("nix-collect-garbage");

        CacheView.Complaints(_store.Cache).Should().BeEmpty();
        CacheView.Of(Snapshot).Should().HaveCount(2);
        Directory.Exists(Path.Combine(_store.Cache, "models--acme--tiny/trees")).Should().BeFalse();
    }

    [Fact]
    public async Task Different_bytes_of_one_file_are_an_error_of_both()
    {
        var first = Part("first", Config);
        var other = Part("other", new Dictionary<string, string> { ["config.json"] = "changed" });

        (await RunAsync(rootOfStore: false, first, other)).Should().Be(ExitCode.Integrity);
    }

    [Fact]
    public async Task Where_the_owner_could_delete_from_the_store_two_selections_are_an_error()
    {
        (await RunAsync(rootOfStore: true, Part("config", Config), Part("weights", Weights)))
            .Should()
            .Be(ExitCode.Usage);
    }

    private TestModel Part(string name, IReadOnlyDictionary<string, string> files) =>
        _store.Model(name, "acme/tiny", files, Commit, partial: true);

    private async Task SyncAsync(params TestModel[] models) =>
        (await RunAsync(rootOfStore: false, models)).Should().Be(ExitCode.Done);

    private Task<ExitCode> RunAsync(bool rootOfStore, params TestModel[] models) =>
        new SyncRun(SyncManifest.Read(_store.Manifest(models)), null, dryRun: false)
        {
            OwnerCanWriteTo = _ => rootOfStore,
        }.RunAsync(Cancellation);
}
