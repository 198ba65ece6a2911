using NixAiModels.Cache;
using NixAiModels.Tests.Nar;

namespace NixAiModels.Tests.Cache;

/// <summary><c>nix-ai-models export</c>: a model's view as real files.</summary>
public sealed class ExportTests : IDisposable
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["config.json"] = "{}",
        ["onnx/model.onnx"] = "graph",
        ["onnx/model.onnx_data"] = new string('w', 3_000_000),
    };

    private static readonly string Commit = PrivateStore.Hex("commit");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Snapshot => $"{_folder["copy"]}/hub/models--acme--tiny/snapshots/{Commit}";

    private string Staged => $"{_folder["copy"]}/.nix-ai-models-export/hub/models--acme--tiny/snapshots/{Commit}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_copy_loads_by_path_and_by_name_and_no_link_leads_out_of_it()
    {
        await ExportAsync(View());
        Directory.Delete(_folder["raw"], recursive: true);
        Directory.Move(_folder["copy"], _folder["elsewhere"]);

        var copy = _folder["elsewhere"];
        foreach (var (path, text) in Files)
        {
            foreach (var root in (string[])[copy, $"{copy}/hub/models--acme--tiny/snapshots/{Commit}"])
                (await File.ReadAllTextAsync($"{root}/{path}", Cancellation)).Should().Be(text);
        }

        OfflineClient.SnapshotDownload($"{copy}/hub/models--acme--tiny", Commit).Should().EndWith(Commit);
        CacheView.Complaints($"{copy}/hub").Should().BeEmpty();
        Directory
            .EnumerateFiles(copy, "*", SearchOption.AllDirectories)
            .Count(file => new FileInfo(file).LinkTarget is null)
            .Should()
            .Be(Files.Count + 2, "each file is there once, and the cache's own two");
    }

    [Fact]
    public async Task A_second_run_copies_nothing_and_replaces_what_was_damaged()
    {
        var view = View();
        (await ExportAsync(view)).Copied.Should().Be(Files.Count + 2);

        (await ExportAsync(view)).Copied.Should().Be(0);
        await File.WriteAllTextAsync($"{Snapshot}/onnx/model.onnx", "grAph", Cancellation);

        (await ExportAsync(view)).Copied.Should().Be(1);
        (await File.ReadAllTextAsync($"{Snapshot}/onnx/model.onnx", Cancellation)).Should().Be("graph");
    }

    [Theory]
    [InlineData("www")]
    [InlineData("damaged")]
    public async Task An_interrupted_copy_goes_on_where_it_was(string left)
    {
        Directory.CreateDirectory($"{Staged}/onnx");
        await File.WriteAllTextAsync($"{Staged}/onnx/model.onnx_data", left, Cancellation);

        await ExportAsync(View());

        (await File.ReadAllTextAsync($"{Snapshot}/onnx/model.onnx_data", Cancellation))
            .Should()
            .Be(Files["onnx/model.onnx_data"]);
        Directory.Exists(Staged).Should().BeFalse();
    }

    [Fact]
    public async Task Bytes_that_are_not_the_pinned_ones_are_an_error_and_not_in_the_copy()
    {
        var view = View();
        await File.WriteAllTextAsync(_folder["raw/config.json"], "[]", Cancellation);

        var export = () => ExportAsync(view);

        (await export.Should().ThrowAsync<Failure>()).Which.Code.Should().Be(ExitCode.Integrity);
        File.Exists($"{Snapshot}/config.json").Should().BeFalse();
    }

    [Fact]
    public async Task Files_of_others_stay()
    {
        _folder.Write("copy/notes.txt", "mine");

        await ExportAsync(View());

        (await File.ReadAllTextAsync(_folder["copy/notes.txt"], Cancellation)).Should().Be("mine");
    }

    private string View()
    {
        foreach (var (path, text) in Files)
            _folder.Write($"raw/{path}", text);
        var tree = SnapshotTree.Of(
            Files.ToDictionary(
                file => file.Key,
                file =>
                    SnapshotTree.Entry.Of(
                        file.Value.Length,
                        PrivateStore.Sha256(file.Value),
                        file.Value.Length < 100 ? PrivateStore.BlobId(file.Value) : null
                    )
            )
        );
        new ModelView(
            _folder["raw"],
            new NixAiModels.Cache.CacheView(
                "models--acme--tiny",
                Commit,
                ["main"],
                [new NixAiModels.Cache.CacheView.Part(_folder["raw"], tree)]
            )
        ).Write(_folder["view"]);
        return _folder["view"];
    }

    private Task<CacheExport.Outcome> ExportAsync(string view) =>
        new CacheExport(new ExportPlan(view).Items(), _folder["copy"]).RunAsync(Cancellation);
}
