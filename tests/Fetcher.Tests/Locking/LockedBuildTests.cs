using System.Text.Json.Nodes;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;

namespace NixAiModels.Tests.Locking;

/// <summary>Locked models, built by real Nix from the test hub.</summary>
public sealed class LockedBuildTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private readonly LockBench _bench = new(hub);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_locked_model_is_a_view_of_files_in_separate_store_paths(NixVersion version)
    {
        var name = $"acme/locked-{version}".ToLowerInvariant();
        byte[] weights = LockBench.Safetensors(2_000_000, (int)version),
            onnx = LockBench.Bytes(70_000, (int)version);
        hub.Repository(name)
            .File("config.json", $$"""{ "model_type": "bert", "version": "{{version}}" }""")
            .File("sub/vocab.txt", "a\n")
            .Lfs("model.safetensors", weights)
            .Lfs("sub/extra.bin", onnx)
            .Tag("v1.0");
        var commit = await hub.CommitAsync(name);
        await _bench.PinAsync(name, "--name", "m", "--rev", "v1.0");

        var outcome = await _bench.BuildAsync(
            nix,
            version,
            """fetchModel { name = "m"; inherit lockFile; validation.preset = "minimal"; }"""
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var view = outcome.Output.Trim();
        var repository = Path.Combine(
            nix.OnDisk(version, view),
            "hub",
            "models--" + name.Replace("/", "--", StringComparison.Ordinal)
        );
        File.ReadAllText(Path.Combine(repository, "refs", "v1.0")).Should().Be(commit);
        using var client = new HttpClient();
        var listed = JsonNode.Parse(
            await client.GetStringAsync(
                $"{hub.Endpoint}/api/models/{name}/tree/{commit}?recursive=true",
                TestContext.Current.CancellationToken
            )
        )!;
        Cache
            .OfflineClient.Tree(repository, commit)!
            .Select(file => (file.Key, (long)file.Value!["size"]!, (string?)file.Value["blob_id"]))
            .Should()
            .BeEquivalentTo(
                listed
                    .AsArray()
                    .Where(entry => (string)entry!["type"]! == "file")
                    .Select(entry => ((string)entry!["path"]!, (long)entry["size"]!, (string?)entry["oid"])),
                "the list of files is that of the hub, ids of LFS pointers included"
            );
        var raw = new FileInfo(Path.Combine(repository, "snapshots", commit)).LinkTarget!;
        raw.Should().EndWith($"-hf+acme+locked-{version.ToString().ToLowerInvariant()}+{commit}");
        string Target(string path) =>
            nix.OnDisk(version, new FileInfo(nix.OnDisk(version, $"{raw}/{path}")).LinkTarget!);
        Target("model.safetensors").Should().EndWith("-model.safetensors");
        (await File.ReadAllBytesAsync(Target("model.safetensors"), TestContext.Current.CancellationToken))
            .Should()
            .Equal(weights);
        (await File.ReadAllBytesAsync(Target("sub/extra.bin"), TestContext.Current.CancellationToken))
            .Should()
            .Equal(onnx);
        Target("config.json")
            .Should()
            .MatchRegex(
                $"-hf\\+{name.Replace("/", "\\+", StringComparison.Ordinal)}\\+regular=[0-9a-f]{{32}}/config.json$"
            );
        var closure = (await nix.RunAsync(version, "nix-store", "--query", "--requisites", view))
            .Output.Trim()
            .Split('\n');
        closure.Should().HaveCount(5, "view, links, two files, one folder of regular ones");

        var report = await nix.EvaluateAsync(
            version,
            $$"""
            with {{NixFixture.Offline}};
            (fetchModel { name = "m"; lockFile = {{_bench.File}}; validation.preset = "minimal"; }).report.outPath
            """
        );
        var files = JsonNode.Parse(File.ReadAllText(nix.OnDisk(version, report.Trim('"'))))!["files"]!.AsArray();
        files
            .Select(file => (string)file!["path"]!)
            .Should()
            .Equal("config.json", "model.safetensors", "sub/extra.bin", "sub/vocab.txt");
        files.Should().OnlyContain(file => ((string)file!["sha256"]!).Length == 64);
    }

    /// <summary>ONNX Runtime refuses data that is not below the folder that the model's link leads to.</summary>
    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task An_onnx_model_outside_lfs_stands_in_the_store_beside_its_data(NixVersion version)
    {
        var name = $"acme/onnx-{version}".ToLowerInvariant();
        var data = LockBench.Bytes(70_000, 40 + (int)version);
        hub.Repository(name)
            .File("config.json", $"{{ \"onnx\": \"{version}\" }}")
            .File("onnx/model.onnx", "graph")
            .Lfs("onnx/model.onnx_data", data);
        await _bench.PinAsync(name, "--name", "m");

        var outcome = await _bench.BuildAsync(
            nix,
            version,
            """fetchModel { name = "m"; inherit lockFile; validation.preset = "none"; }"""
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var raw = Path.GetDirectoryName(Link($"{outcome.Output.Trim()}/onnx"))!;
        string[] paths = [Link($"{raw}/onnx/model.onnx"), Link($"{raw}/onnx/model.onnx_data")];
        paths.Select(Path.GetDirectoryName).Should().AllBe("/nix/store");
        File.ReadAllText(nix.OnDisk(version, paths[0])).Should().Be("graph");

        string Link(string path) => new FileInfo(nix.OnDisk(version, path)).LinkTarget!;
    }

    [Fact]
    public async Task A_revision_bump_and_another_model_download_only_what_is_new()
    {
        var repository = hub.Repository("acme/bump")
            .File("config.json", "{}")
            .File("README.md", "old")
            .Lfs("a.bin", LockBench.Bytes(1_000_000, 11))
            .Lfs("b.bin", LockBench.Bytes(1_000_000, 12));
        hub.Repository("other/same").Lfs("b.bin", LockBench.Bytes(1_000_000, 12));
        await _bench.PinAsync("acme/bump");
        await _bench.PinAsync("other/same");
        const string Expression = """fetchModel { name = "bump"; inherit lockFile; validation.preset = "none"; }""";
        (await _bench.BuildAsync(nix, NixVersion.Current, Expression)).ExitCode.Should().Be(0);

        repository.CopyTo("before").File("README.md", "new");
        await _bench.PinAsync("acme/bump");
        await hub.ClearRecordAsync();
        var bumped = await _bench.BuildAsync(nix, NixVersion.Current, Expression);
        bumped.ExitCode.Should().Be(0, bumped.Errors);
        (await _bench.DownloadedAsync()).Should().Equal("README.md", "config.json");

        repository.Lfs("a.bin", LockBench.Bytes(1_000_000, 13));
        await _bench.PinAsync("acme/bump");
        await hub.ClearRecordAsync();
        var changed = await _bench.BuildAsync(nix, NixVersion.Current, Expression);
        changed.ExitCode.Should().Be(0, changed.Errors);
        (await _bench.DownloadedAsync()).Should().Equal("a.bin");

        await hub.ClearRecordAsync();
        var other = await _bench.BuildAsync(
            nix,
            NixVersion.Current,
            """fetchModel { name = "same"; inherit lockFile; validation.preset = "none"; }"""
        );
        other.ExitCode.Should().Be(0, other.Errors);
        (await hub.RecordAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_failed_build_keeps_every_finished_file()
    {
        hub.Repository("acme/failing")
            .File("config.json", """{ "failing": true }""")
            .Lfs("a.bin", LockBench.Bytes(500_000, 21))
            .Lfs("b.bin", LockBench.Bytes(500_000, 22));
        await _bench.PinAsync("acme/failing");
        await hub.FaultAsync(
            new
            {
                kind = "status",
                status = 404,
                repo = "acme/failing",
                path = "b.bin",
                on = "resolve",
            }
        );

        var failed = await _bench.BuildAsync(
            nix,
            NixVersion.Old,
            """fetchModel { name = "failing"; inherit lockFile; validation.preset = "none"; }"""
        );
        failed.ExitCode.Should().NotBe(0);
        // Nix starts with either download: build the other one, too.
        await nix.BuildAsync(
            NixVersion.Old,
            $$"""
            with {{NixFixture.Offline}};
            builtins.head (fetchModel { name = "failing"; lockFile = {{_bench.File}}; }).downloads
            """
        );
        await hub.ClearFaultsAsync();
        await hub.ClearRecordAsync();
        var outcome = await _bench.BuildAsync(
            nix,
            NixVersion.Old,
            """fetchModel { name = "failing"; inherit lockFile; validation.preset = "none"; }"""
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        (await _bench.DownloadedAsync()).Should().Contain("b.bin").And.NotContain("a.bin");
    }

    [Fact]
    public async Task mkModels_and_modelPaths_take_a_lock_file()
    {
        hub.Repository("acme/one").File("config.json", "{}").Lfs("a.bin", LockBench.Bytes(1000));
        hub.Repository("acme/two").File("config.json", "{}");
        await _bench.PinAsync("acme/one");
        await _bench.PinAsync("acme/two");

        var json = JsonNode.Parse(
            await nix.EvaluateAsync(
                NixVersion.Old,
                $$"""
                with {{NixFixture.Offline}};
                let inherit (mkModels {{_bench.File}}) one;
                in {
                  paths = modelPaths {{_bench.File}};
                  inherit (one) rev repo pinned hfCacheName refs;
                  same = one.outPath == (fetchModel { name = "one"; lockFile = "{{_bench.File}}"; }).outPath;
                }
                """
            )
        )!;

        json["paths"]!.AsObject().Select(each => each.Key).Should().Equal("one", "two");
        ((string)json["rev"]!).Should().Be(await hub.CommitAsync("acme/one"));
        ((string)json["hfCacheName"]!).Should().Be("models--acme--one");
        json["same"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task The_name_of_the_regular_files_is_the_same_in_Nix_and_in_the_executable()
    {
        hub.Repository("acme/named").File("config.json", "{}").File("b/ünï.txt", "a").File("a.txt", "a");
        await _bench.PinAsync("acme/named");
        var entry = _bench.Repository("named");

        var name = await nix.EvaluateAsync(
            NixVersion.Old,
            $$"""(builtins.head ((with {{NixFixture.Offline}}; mkModels {{_bench.File}}).named.downloads)).name"""
        );

        var expected = NixAiModels.Store.DerivationName.OfRegularFiles(
            "model",
            "acme/named",
            entry.Regular.Select(file => (file.Path, file.Oid.Hex))
        );
        name.Should().Be($"\"{expected}\"");
    }

    [Fact]
    public async Task A_gated_locked_model_names_the_command_to_run_after_which_it_builds_without_a_request()
    {
        hub.Repository("acme/locked-gated")
            .File("config.json", "{}")
            .Lfs("model.bin", LockBench.Bytes(100_000, 31))
            .Gated("hf_right");
        var environment = nix.EnvironmentOf(NixVersion.Old);
        environment["HF_ENDPOINT"] = hub.Endpoint;
        environment["HF_TOKEN"] = "hf_right";
        var pinned = await Published.Executable.RunAsync(
            Published.Executable.Prefetch,
            ["lock", "add", "acme/locked-gated", "--lock-file", _bench.File],
            environment
        );
        pinned.ExitCode.Should().Be(0, pinned.Errors);

        var refused = await _bench.BuildAsync(
            nix,
            NixVersion.Old,
            """fetchModel { name = "locked-gated"; inherit lockFile; validation.preset = "none"; }"""
        );
        refused.ExitCode.Should().NotBe(0);
        var command = refused
            .Errors.Split('\n')
            .First(line => line.Contains("nix-prefetch-hf lock fetch locked-gated", StringComparison.Ordinal));
        string[] words =
        [
            .. command[command.IndexOf("lock fetch", StringComparison.Ordinal)..]
                .Split(' ')
                .TakeWhile(word => word.Length > 0),
        ];
        var fetched = await Published.Executable.RunAsync(
            Published.Executable.Prefetch,
            words,
            environment,
            _bench.Folder
        );
        fetched.ExitCode.Should().Be(0, fetched.Errors);
        fetched.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2);

        await hub.ClearRecordAsync();
        var again = await Published.Executable.RunAsync(
            Published.Executable.Prefetch,
            words,
            environment,
            _bench.Folder
        );
        again.ExitCode.Should().Be(0, again.Errors);
        again.Output.Should().Be(fetched.Output);
        (await hub.RecordAsync()).Should().BeEmpty();
        await hub.ClearRecordAsync();
        var built = await _bench.BuildAsync(
            nix,
            NixVersion.Old,
            """fetchModel { name = "locked-gated"; inherit lockFile; validation.preset = "none"; }"""
        );
        built.ExitCode.Should().Be(0, built.Errors);
        (await hub.RecordAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_pin_written_by_another_tool_may_pin_a_regular_file_by_sha256_and_omit_the_size()
    {
        hub.Repository("acme/known").File("vocab.txt", "a\n").Lfs("onnx/model.onnx", LockBench.Bytes(70_000, 81));
        string Digest(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        await File.WriteAllTextAsync(
            _bench.File,
            $$"""
            { "version": 1, "models": { "known": { "repo": "acme/known", "rev": "{{await hub.CommitAsync(
                "acme/known"
            )}}", "files": ["vocab.txt", "onnx/model.onnx"], "lfs": [
              { "path": "vocab.txt", "sha256": "{{Digest("a\n"u8.ToArray())}}" },
              { "path": "onnx/model.onnx", "size": null, "sha256": "{{Digest(LockBench.Bytes(70_000, 81))}}" } ] } } }

            """,
            TestContext.Current.CancellationToken
        );

        (await _bench.LockAsync("verify")).Output.Should().Be("known: as pinned\n");
        var built = await _bench.BuildAsync(
            nix,
            NixVersion.Current,
            """fetchModel { name = "known"; inherit lockFile; validation.preset = "none"; }"""
        );
        built.ExitCode.Should().Be(0, built.Errors);
        var environment = nix.EnvironmentOf(NixVersion.Old);
        environment["HF_ENDPOINT"] = hub.Endpoint;
        var fetched = await Published.Executable.RunAsync(
            Published.Executable.Prefetch,
            ["lock", "fetch", "--lock-file", _bench.File],
            environment
        );
        fetched.ExitCode.Should().Be(0, fetched.Errors);
        await hub.ClearRecordAsync();
        (
            await _bench.BuildAsync(
                nix,
                NixVersion.Old,
                """fetchModel { name = "known"; inherit lockFile; validation.preset = "none"; }"""
            )
        )
            .ExitCode.Should()
            .Be(0);
        (await hub.RecordAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Fetch_downloads_nothing_where_the_hub_lists_other_files_than_the_lock_file()
    {
        hub.Repository("acme/fetched").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(100_000, 41));
        var environment = nix.EnvironmentOf(NixVersion.Current);
        environment["HF_ENDPOINT"] = hub.Endpoint;
        await _bench.PinAsync("acme/fetched");
        var digest = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(LockBench.Bytes(100_000, 41))
        );
        await File.WriteAllTextAsync(
            _bench.File,
            _bench.Text.Replace(digest, new string('0', 64), StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        await hub.ClearRecordAsync();

        var outcome = await Published.Executable.RunAsync(
            Published.Executable.Prefetch,
            ["lock", "fetch", "--lock-file", _bench.File],
            environment
        );

        outcome.ExitCode.Should().Be(6, outcome.Errors);
        outcome.Errors.Should().Contain("the hub lists another model.bin").And.Contain("nix-prefetch-hf lock verify");
        outcome.Output.Should().BeEmpty();
        (await _bench.DownloadedAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("", "is damaged")]
    [InlineData("{ \"version\": 1", "is damaged")]
    [InlineData("{ \"version\": 9, \"models\": { } }", "has version 9")]
    [InlineData("{ \"models\": { } }", "lacks `version`")]
    [InlineData("{ \"version\": 1, \"models\": { } }", "has no model `m`")]
    [InlineData("{\n<<<<<<< HEAD\n}", "conflict markers")]
    [InlineData("""{ "version": 1, "models": { "m": { "repo": "a/b", "rev": "main" } } }""", "rev is not a commit")]
    [InlineData(
        """
            { "version": 1, "models": { "m": { "repo": "a/b", "rev": "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837",
              "lfs": [ { "path": "../x", "sha256": "a" } ] } } }
            """,
        "lfs must have a path"
    )]
    public async Task The_evaluation_names_a_lock_file_that_is_damaged_or_of_another_version(
        string text,
        string message
    )
    {
        await File.WriteAllTextAsync(_bench.File, text, TestContext.Current.CancellationToken);

        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var outcome = await nix.RunAsync(
                version,
                "nix-instantiate",
                "--eval",
                "-E",
                $$"""((with {{NixFixture.Offline}}; fetchModel { name = "m"; lockFile = {{_bench.File}}; })).drvPath"""
            );
            outcome.ExitCode.Should().NotBe(0);
            outcome.Errors.Should().Contain(message).And.Contain("models.lock.json");
        }
    }

    [Theory]
    [InlineData("""{ name = "m"; lockFile = ./x; hash = ""; }""", "keep one of the two")]
    [InlineData(
        """{ name = "m"; source.huggingface.repo = "a/b"; hash = ""; trustedPublicKeys = [ ]; }""",
        "unknown argument `trustedPublicKeys`"
    )]
    [InlineData("""{ name = "m"; lockFile = /nowhere/models.lock.json; }""", "there is no /nowhere/models.lock.json")]
    [InlineData("""{ name = "m"; lockFile = { }; }""", "must be a path")]
    public async Task A_wrong_argument_is_named(string arguments, string message)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "--eval",
            "-E",
            $$"""((with {{NixFixture.Offline}}; fetchModel {{arguments}})).drvPath"""
        );

        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain(message);
    }
}
