using NixAiModels.Cache;
using NixAiModels.Sync;

namespace NixAiModels.Tests.Cache;

/// <summary>The list of a snapshot's files, by which clients find it offline by its commit.</summary>
public sealed class TreeListTests : IDisposable
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["config.json"] = "{}",
        ["model.safetensors"] = "weights",
    };

    private readonly PrivateStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Repository => Path.Combine(_store.Cache, "models--acme--tiny");

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_whole_repository_is_found_offline_by_its_commit_and_by_its_branch()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);

        await SyncAsync(model);

        foreach (var revision in (string[])[model.Commit, "main"])
        {
            OfflineClient
                .SnapshotDownload(Repository, revision)
                .Should()
                .Be($"{Repository}/snapshots/{model.Commit}", revision);
        }
    }

    [Fact]
    public async Task It_goes_with_the_model()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(model);

        await SyncAsync();

        CacheView.Of(_store.Cache).Should().BeEmpty();
    }

    [Fact]
    public async Task A_selection_has_none_since_a_client_would_take_it_for_the_whole()
    {
        var model = _store.Model("tiny", "acme/tiny", Files, partial: true);

        foreach (var rootOfStore in (bool[])[true, false])
        {
            await SyncAsync(rootOfStore, model);
            Directory.Exists($"{Repository}/trees").Should().BeFalse();
        }
    }

    [Fact]
    public async Task That_of_a_client_stays_whatever_happens()
    {
        var model = _store.Model("tiny", "acme/tiny", Files);
        var path = SnapshotTree.PathIn(Repository, model.Commit);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "a client's", Cancellation);

        await SyncAsync(model);
        await SyncAsync(model);
        await SyncAsync();

        (await File.ReadAllTextAsync(path, Cancellation)).Should().Be("a client's");
    }

    [Fact]
    public void A_file_in_lfs_has_the_id_of_its_pointer()
    {
        // git hash-object of the pointer of an empty file.
        const string sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

        var entry = SnapshotTree.Entry.Of(0, sha256, null);

        entry.Should().Be(new SnapshotTree.Entry(0, PrivateStore.BlobId(Pointer(sha256, 0)), sha256, 0));
        entry.Digest!.Hex.Should().Be(sha256);
    }

    [Fact]
    public void A_file_that_nobody_has_hashed_has_no_id()
    {
        var entry = SnapshotTree.Entry.Of(7, null, null);

        entry.Should().Be(new SnapshotTree.Entry(7, null));
        entry.Digest.Should().BeNull();
    }

    private static string Pointer(string sha256, long size) =>
        $"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n";

    private Task SyncAsync(params TestModel[] models) => SyncAsync(rootOfStore: true, models);

    private async Task SyncAsync(bool rootOfStore, params TestModel[] models) =>
        (
            await new SyncRun(SyncManifest.Read(_store.Manifest(models)), null, dryRun: false)
            {
                OwnerCanWriteTo = _ => rootOfStore,
            }.RunAsync(Cancellation)
        )
            .Should()
            .Be(ExitCode.Done);
}
