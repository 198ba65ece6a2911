using NixAiModels.Sync;
using NixAiModels.Tests.Cache;

namespace NixAiModels.Tests.Sync;

public sealed class FormerCacheTests : IDisposable
{
    private static readonly Dictionary<string, string> Files = new() { ["config.json"] = "{}" };

    private readonly PrivateStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Other => _store["other/hub"];

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_former_cache_that_cannot_be_left_fails_nothing_and_is_left_once_it_can_be()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(_store.Manifest([model]));
        Directory.Move(_store.Cache, _store["away"]);
        await File.WriteAllTextAsync(_store.Cache, "not a folder", Cancellation);

        foreach (var manifest in (string[])[_store.Manifest([model], Other), _store.Manifest([], Other)])
            (await SyncAsync(manifest)).Should().Be(ExitCode.Done);

        File.Delete(_store.Cache);
        Directory.Move(_store["away"], _store.Cache);
        (await SyncAsync(_store.Manifest([], Other))).Should().Be(ExitCode.Done);
        CacheView.Of(_store.Cache).Should().BeEmpty();
        SyncState.PlacedModels(_store.State).Should().BeEmpty();
    }

    [Fact]
    public async Task A_former_cache_is_left_without_touching_the_present_one()
    {
        var (moved, stays) = (_store.Model("moved", "acme/moved", Files), _store.Model("stays", "acme/stays", Files));
        await SyncAsync(_store.Manifest([moved, stays]));
        var manifest = SyncManifest.Read(_store.Manifest([moved, stays], Other));

        await FormerCaches.LeaveAsync(manifest, dryRun: false, Cancellation);

        CacheView.Of(_store.Cache).Should().BeEmpty();
        Directory.Exists(Other).Should().BeFalse();
        _store.Nix("nix-collect-garbage");
        Directory.Exists(moved.Raw).Should().BeTrue("the model is configured");
        (await SyncAsync(_store.Manifest([moved, stays], Other))).Should().Be(ExitCode.Done);
        CacheView.Complaints(Other).Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_is_left_of_a_configuration_that_was_disabled_but_the_users_own()
    {
        await SyncAsync(_store.Manifest([_store.Model("tiny", "acme/tiny", Files)]));
        var model = _store.Model("other", "acme/other", Files);
        await SyncAsync(_store.Manifest([model], Other));
        await File.WriteAllTextAsync(Path.Combine(Other, "models--acme--other/own"), "own", Cancellation);

        (await SyncRemoval.RunAsync(_store.State, dryRun: true, Cancellation)).Should().Be(ExitCode.Done);
        Directory.Exists(Path.Combine(Other, "models--acme--other/snapshots", model.Commit)).Should().BeTrue();
        (await SyncRemoval.RunAsync(_store.State, dryRun: false, Cancellation)).Should().Be(ExitCode.Done);

        CacheView.Of(_store.Cache).Should().BeEmpty();
        CacheView
            .Of(Other)
            .Should()
            .Contain("models--acme--other/own: own")
            .And.NotContain(line => line.Contains("->"));
        Directory.Exists(_store.State).Should().BeFalse();
        _store.Nix("nix-collect-garbage");
        Directory.Exists(model.Raw).Should().BeFalse();
        (await SyncRemoval.RunAsync(_store.State, dryRun: false, Cancellation)).Should().Be(ExitCode.Done);
    }

    [Fact]
    public async Task A_disabled_configuration_whose_links_cannot_be_removed_keeps_its_state()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(_store.Manifest([model]));
        Directory.Move(_store.Cache, _store["away"]);
        await File.WriteAllTextAsync(_store.Cache, "not a folder", Cancellation);

        (await SyncRemoval.RunAsync(_store.State, dryRun: false, Cancellation)).Should().Be(ExitCode.LocalIO);

        SyncState.PlacedModels(_store.State).Should().ContainSingle();
        _store.Nix("nix-collect-garbage");
        Directory.Exists(model.Raw).Should().BeTrue();
    }

    private static Task<ExitCode> SyncAsync(string manifest) =>
        new SyncRun(SyncManifest.Read(manifest), null, dryRun: false).RunAsync(Cancellation);
}
