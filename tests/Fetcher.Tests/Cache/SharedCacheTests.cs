using NixAiModels.Sync;
using NixAiModels.Tests.Modules;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Cache;

/// <summary>A cache of root's that a group may use: what huggingface_hub does there, online, as a member.</summary>
public sealed class SharedCacheTests : IDisposable
{
    private const string Group = "games";
    private const string GroupId = "60";
    private const string Moved = "0123456789abcdef0123456789abcdef01234567";

    private static readonly Dictionary<string, string> Files = new()
    {
        ["config.json"] = "{}",
        ["model.safetensors"] = "weights",
    };

    private readonly PrivateStore _store = new(folder: PrivateStore.Shared);

    public void Dispose() => _store.Dispose();

    /// <summary>The steps of <c>_hf_hub_download_to_cache_dir</c> (huggingface_hub, file_download.py), of its releases
    /// with and without an atomic ref.</summary>
    [Theory]
    [InlineData("printf $commit >refs/main")]
    [InlineData("printf $commit >refs/main.tmp && mv -f refs/main.tmp refs/main")]
    public async Task A_member_online_moves_an_unpinned_model_to_the_hubs_commit(string moveRef)
    {
        if (!ModuleRun.IsRoot)
            return;
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(model, pinned: false);

        foreach (var member in (string[])["65533", "65534"])
            (await DownloadAsync(member, moveRef)).Should().Be(0);

        var folder = Path.Combine(_store.Cache, model.Folder);
        (await ReadAsync($"{folder}/refs/main")).Should().Be(Moved);
        (await ReadAsync($"{folder}/snapshots/{Moved}/model.safetensors")).Should().Be("weights");
        await SyncAsync(model, pinned: false);
        (await ReadAsync($"{folder}/refs/main")).Should().Be(model.Commit);
        (await SyncAsync(model, pinned: false)).Should().Be(ExitCode.Done);
    }

    [Fact]
    public async Task A_member_adds_to_a_pinned_model_and_changes_nothing_of_it()
    {
        if (!ModuleRun.IsRoot)
            return;
        var model = _store.Model("tiny", "acme/tiny", Files);
        await SyncAsync(model, pinned: true);
        var blob = $"blobs/{PrivateStore.Sha256("weights")}";

        (await DownloadAsync("65534", "printf $commit >refs/v2")).Should().Be(0);
        foreach (
            var attack in (string[])
                [
                    "printf x >refs/main",
                    "printf x >refs/new && mv -f refs/new refs/main",
                    $"rm {blob}",
                    $"ln -sfn /tmp {blob}",
                    $"mv snapshots/{model.Commit} snapshots/x",
                    "mv snapshots old",
                    "cd .. && mv models--acme--tiny old",
                ]
        )
        {
            (await AsMemberAsync("65534", attack)).Should().NotBe(0, attack);
        }

        (await ReadAsync(Path.Combine(_store.Cache, model.Folder, "refs/main"))).Should().Be(model.Commit);
    }

    [Fact]
    public async Task A_second_run_finds_every_folder_as_it_should_be()
    {
        if (!ModuleRun.IsRoot)
            return;
        var models = new[]
        {
            _store.Model("one", "acme/tiny", Files, refs: "v1"),
            _store.Model("two", "acme/tiny", new Dictionary<string, string> { ["config.json"] = "two" }, refs: "a/b"),
        };
        var manifest = _store.Manifest(models, group: Group);
        await File.WriteAllTextAsync(
            manifest,
            (await ReadAsync(manifest)).Replace(
                "\"name\":\"one\"",
                "\"name\":\"one\",\"pinned\":false",
                StringComparison.Ordinal
            ),
            TestContext.Current.CancellationToken
        );
        await RunAsync(manifest, _ => { });
        var changes = new List<string>();

        (await RunAsync(manifest, changes.Add)).Should().Be(ExitCode.Done);

        changes.Should().BeEmpty();
    }

    private async Task<ExitCode> SyncAsync(TestModel model, bool pinned)
    {
        var manifest = _store.Manifest([model], group: Group);
        var text = (await ReadAsync(manifest)).Replace(
            "\"partial\":false",
            $"\"partial\":false,\"pinned\":{(pinned ? "true" : "false")}",
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(manifest, text, TestContext.Current.CancellationToken);
        return await RunAsync(manifest, _ => { });
    }

    private static Task<ExitCode> RunAsync(string manifest, Action<string> change) =>
        new SyncRun(SyncManifest.Read(manifest), null, dryRun: false) { BeforeEachChange = change }.RunAsync(
            TestContext.Current.CancellationToken
        );

    private Task<int> DownloadAsync(string member, string moveRef) =>
        AsMemberAsync(
            member,
            $$"""
            commit={{Moved}} etag={{PrivateStore.Sha256("weights")}}
            mkdir -p blobs snapshots/$commit refs ../.locks/models--acme--tiny .no_exist/$commit
            {{moveRef}}
            exec 9>>../.locks/models--acme--tiny/$etag.lock
            flock 9
            [ $(stat --format %u ../.locks/models--acme--tiny/$etag.lock) != {{member}} ] ||
              chmod 664 ../.locks/models--acme--tiny/$etag.lock
            [ -e snapshots/$commit/model.safetensors ] ||
              ln -s ../../blobs/$etag snapshots/$commit/model.safetensors
            """
        );

    private async Task<int> AsMemberAsync(string member, string script)
    {
        var outcome = await Executable.RunAsync(
            "setpriv",
            ["--reuid", member, "--regid", member, "--groups", GroupId, "bash", "-euc", script],
            folder: Path.Combine(_store.Cache, "models--acme--tiny")
        );
        TestContext.Current.SendDiagnosticMessage(outcome.Errors);
        return outcome.ExitCode;
    }

    private static Task<string> ReadAsync(string path) =>
        File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
