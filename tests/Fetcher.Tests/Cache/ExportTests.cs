using System.Security.Cryptography;
using NixAiModels.Cache;
using NixAiModels.Tests.Nar;
using NixAiModels.Tests.Published;

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

    [Fact]
    public async Task A_copy_that_was_killed_goes_on_and_is_whole()
    {
        const long size = 300_000_000;
        var view = View();
        await using (var weights = File.OpenWrite(_folder["raw/onnx/model.onnx_data"]))
            weights.SetLength(size);
        string sha256;
        await using (var weights = File.OpenRead(_folder["raw/onnx/model.onnx_data"]))
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(weights, Cancellation));
        var list = $"{view}/hub/models--acme--tiny/trees/{Commit}.json";
        var tree = SnapshotTree.Read(list)!;
        SnapshotTree
            .Of(
                new Dictionary<string, SnapshotTree.Entry>(tree.Files)
                {
                    ["onnx/model.onnx_data"] = SnapshotTree.Entry.Of(size, sha256, null),
                }
            )
            .Write(list);
        var staged = $"{Staged}/onnx/model.onnx_data";

        string[] command = ["export", view, "--copy", _folder["copy"]];
        using (var killed = Executable.Start(Executable.Fetcher, command))
        {
            while (!killed.HasExited && !(File.Exists(staged) && new FileInfo(staged).Length > 1_000_000))
                await Task.Delay(1, Cancellation);
            killed.Kill();
            await killed.WaitForExitAsync(Cancellation);
            killed.ExitCode.Should().NotBe(0, "it was killed half-way");
        }

        File.Exists($"{Snapshot}/onnx/model.onnx_data").Should().BeFalse("an unfinished file has no name");
        var outcome = await Executable.RunAsync(Executable.Fetcher, command);

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        await using var copy = File.OpenRead($"{Snapshot}/onnx/model.onnx_data");
        Convert.ToHexStringLower(await SHA256.HashDataAsync(copy, Cancellation)).Should().Be(sha256);
        Directory.Exists($"{_folder["copy"]}/.nix-ai-models-export").Should().BeFalse();
    }

    // $1 the options of a disk, $2 its place, the rest the command; it has room for the next run.
    private const string Disk = """
        options=$1 place=$2
        mount -t tmpfs -o size=40m none "$place" && mount -o "remount,$options" "$place" || exit 99
        shift 2
        "$@"; echo "exit $?"
        mount -o remount,rw,size=40m,nr_inodes=0 "$place"
        "$@"; echo "then $?"
        cat "$place/config.json"
        """;

    [Theory]
    [InlineData("ro", "read-only")]
    [InlineData("size=1m", "not enough disk space")]
    [InlineData("nr_inodes=5", "the disk is full")]
    public async Task A_disk_without_room_is_an_error_and_the_next_run_finishes(string options, string reason)
    {
        var view = View();
        var place = Directory.CreateDirectory(_folder["copy"]).FullName;

        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        var outcome = await Executable.RunAsync(
            "unshare",
            [
                .. namespaces,
                "bash",
                "-c",
                Disk,
                "disk",
                options,
                place,
                Executable.Fetcher,
                "export",
                view,
                "--copy",
                place,
            ]
        );

        outcome.Output.Should().Contain("exit 7", outcome.Errors).And.Contain("then 0").And.EndWith("{}");
        outcome.Errors.Should().Contain(reason).And.Contain("next: ");
    }

    [Fact]
    public async Task A_link_in_the_folder_is_not_followed()
    {
        var outside = Directory.CreateDirectory(_folder["outside"]).FullName;
        Directory.CreateDirectory(_folder["copy"]);
        File.CreateSymbolicLink(_folder["copy/hub"], outside);

        var export = () => ExportAsync(View());

        (await export.Should().ThrowAsync<Failure>()).Which.Message.Should().Contain("a link is where the copy has");
        Directory.GetFileSystemEntries(outside).Should().BeEmpty();
    }

    [Fact]
    public async Task Any_name_that_a_file_can_have_is_copied()
    {
        string[] names =
        [
            "-rf",
            "a b",
            "line\nbreak",
            "ünïcode 🦙",
            "$(exit 1)",
            "..hidden",
            "snapshots/x/y",
            "quo'te\"",
        ];
        foreach (var name in names)
            _folder.Write($"raw/{name}", name);

        var outcome = await Executable.RunAsync(
            Executable.Fetcher,
            ["export", _folder["raw"], "--copy", _folder["copy"]]
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        foreach (var name in names)
            (await File.ReadAllTextAsync(_folder[$"copy/{name}"], Cancellation)).Should().Be(name);
    }

    [Fact]
    public async Task Without_hashes_the_bytes_of_the_store_decide()
    {
        _folder.Write("raw/model.bin", "new bytes");
        _folder.Write("copy/model.bin", "old bytes");
        _folder.Write("copy/.nix-ai-models-export/model.bin", "old");

        var outcome = await ExportAsync(_folder["raw"]);

        outcome.Copied.Should().Be(1);
        (await File.ReadAllTextAsync(_folder["copy/model.bin"], Cancellation)).Should().Be("new bytes");
        (await ExportAsync(_folder["raw"])).Copied.Should().Be(0);
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
