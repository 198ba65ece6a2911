using System.Text.Json;
using System.Text.Json.Nodes;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Locking;

/// <summary><c>nix-prefetch-hf lock add</c>, as users run it.</summary>
public sealed class PinTests(TestHubFixture hub) : IClassFixture<TestHubFixture>, IDisposable
{
    private readonly LockBench _bench = new(hub);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task It_pins_file_by_file_and_downloads_the_regular_files_only()
    {
        hub.Repository("acme/pinned")
            .File("config.json", "{}")
            .File("sub/vocab.txt", "a\n")
            .Lfs("model-00001-of-00002.safetensors", LockBench.Bytes(3_000_000))
            .Lfs("model-00002-of-00002.safetensors", LockBench.Bytes(2_000_000));
        await hub.ClearRecordAsync();

        var outcome = await _bench.PinAsync("acme/pinned");

        outcome
            .Output.Should()
            .Be(
                """
                fetchModel {
                  name = "pinned";
                  lockFile = ./models.lock.json;
                }

                """
            );
        outcome
            .Errors.Should()
            .Contain("2 files pinned by the sha256 that the hub lists, 5 MB")
            .And.Contain("downloaded 4 bytes; 5 MB already pinned by the hub's listing");
        (await _bench.DownloadedAsync()).Should().Equal("config.json", "sub/vocab.txt");
        (await hub.RecordAsync()).Should().NotContain(request => request.Origin == "cdn");
        var entry = JsonNode.Parse(_bench.Text)!["models"]!["pinned"]!;
        ((string)entry["rev"]!).Should().Be(await hub.CommitAsync("acme/pinned"));
        ((long)entry["size"]!).Should().Be(5_000_004);
        ((string)entry["lfs"]![0]!["sha256"]!)
            .Should()
            .Be(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(LockBench.Bytes(3_000_000))));
        var regular = Path.Combine(_bench.Folder, "regular");
        Directory.CreateDirectory(Path.Combine(regular, "sub"));
        await File.WriteAllTextAsync(Path.Combine(regular, "config.json"), "{}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(regular, "sub/vocab.txt"),
            "a\n",
            TestContext.Current.CancellationToken
        );
        ((string)entry["regular"]!["hash"]!)
            .Should()
            .Be((await NarHash.OfPathAsync(regular, TestContext.Current.CancellationToken)).Sri);
    }

    [Fact]
    public async Task A_second_run_writes_the_same_file_and_keeps_the_other_entries()
    {
        hub.Repository("acme/again").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(1000));
        hub.Repository("acme/beside").Lfs("model.bin", LockBench.Bytes(1000));
        await _bench.PinAsync("acme/again", "--include", "*.json", "--include", "*.bin");
        await _bench.PinAsync("acme/beside", "--name", "a-name");
        var before = _bench.Text;
        var written = File.GetLastWriteTimeUtc(_bench.File);

        var outcome = await _bench.PinAsync("acme/again", "--include", "*.json", "--include", "*.bin");

        _bench.Text.Should().Be(before);
        File.GetLastWriteTimeUtc(_bench.File).Should().Be(written);
        outcome.Errors.Should().Contain("is unchanged").And.Contain("downloaded 0 bytes");
        JsonNode.Parse(before)!["models"]!.AsObject().Select(each => each.Key).Should().Equal("a-name", "again");
    }

    [Fact]
    public async Task Many_writers_at_once_lose_nothing()
    {
        string[] names = [.. Enumerable.Range(0, 8).Select(i => $"acme/writer-{i}")];
        foreach (var name in names)
            hub.Repository(name).File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(100));

        await Task.WhenAll(names.Select(name => _bench.PinAsync(name)));

        LockFile.Read(_bench.File).Models.Keys.Should().BeEquivalentTo(names.Select(name => name[5..]));
        Directory.GetFiles(_bench.Folder, "*.new").Should().BeEmpty();
    }

    [Fact]
    public async Task A_repository_with_the_name_of_another_entry_needs_a_name_option()
    {
        hub.Repository("acme/twin").File("config.json", "{}");
        hub.Repository("other/twin").File("config.json", "{}");
        await _bench.PinAsync("acme/twin");

        var refused = await _bench.LockAsync("add", "other/twin");
        refused.ExitCode.Should().Be(2, refused.Errors);
        refused.Errors.Should().Contain("--name other-twin");
        await _bench.PinAsync("other/twin", "--name", "twin");

        _bench.Repository("twin").Repository.ToString().Should().Be("other/twin");
    }

    [Theory]
    [InlineData("", 6, "not JSON")]
    [InlineData("{ \"version\": 1, \"models\": {", 6, "not JSON")]
    [InlineData("{ \"version\": 2, \"models\": {} }", 2, "is of version 2")]
    [InlineData("{ \"version\": 1, \"models\": {}, \"extra\": 1 }", 6, "'extra' is unknown")]
    [InlineData("{}\n<<<<<<< HEAD\n", 6, "git's conflict markers")]
    [InlineData(
        "{ \"version\": 1, \"models\": { \"x\": { \"repo\": \"a/b\", \"rev\": \"main\" } } }",
        6,
        "models.x.rev: 'main' is not a commit of 40 hexadecimal digits"
    )]
    [InlineData(
        """
            { "version": 1, "models": { "x": { "repo": "a/b", "rev": "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837",
              "lfs": [ { "path": "../x",
            "sha256": "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1" } ] } } }
            """,
        6,
        "../x"
    )]
    public async Task An_invalid_lock_file_is_refused_and_left_as_it_is(string text, int code, string message)
    {
        hub.Repository("acme/intact").File("config.json", "{}");
        await File.WriteAllTextAsync(_bench.File, text, TestContext.Current.CancellationToken);

        var outcome = await _bench.LockAsync("add", "acme/intact");

        outcome.ExitCode.Should().Be(code, outcome.Errors);
        outcome.Errors.Should().Contain(message).And.Contain("models.lock.json");
        _bench.Text.Should().Be(text);
    }

    [Fact]
    public async Task Format_json_prints_the_entry_as_it_stands_in_the_file()
    {
        hub.Repository("acme/json").File("config.json", "{}");

        var outcome = await _bench.PinAsync("acme/json", "--format", "json");

        using var entry = JsonDocument.Parse(outcome.Output);
        entry.RootElement.GetProperty("repo").GetString().Should().Be("acme/json");
        _bench.Text.Should().Contain(outcome.Output.Trim());
    }

    [Theory]
    [InlineData("""{ "repo": 1, "rev": "REV" }""", "models.x.repo: not a string")]
    [InlineData("""{ "repo": "a/b", "rev": "REV", "frozen": null }""", "models.x.frozen: not true or false")]
    [InlineData("""{ "repo": "a/b", "rev": "REV", "include": [null] }""", "models.x.include[0]: not a string")]
    [InlineData("""{ "repo": "a/b", "rev": "REV", "lfs": {} }""", "models.x.lfs: not a list")]
    [InlineData("""{ "repo": "a/b", "rev": "REV", "lfs": [ { "path": "a" } ] }""", "models.x.lfs[0]: lacks 'sha256'")]
    [InlineData(
        """{ "repo": "a/b", "rev": "REV", "lfs": [ { "path": "a", "size": 1.5 } ] }""",
        "models.x.lfs[0].size: not a number of bytes"
    )]
    [InlineData("""{ "repo": "a/b", "rev": "REV", "regular": { "oid": 1 } }""", "models.x.regular: 'oid' is unknown")]
    [InlineData("""{ "repo": "a/b", "rev": "REV" }""", "models.x: pins no file")]
    [InlineData("""{ "repo": "a/b", "repo": "a/c", "rev": "REV" }""", "an object has the same property twice")]
    public void An_invalid_value_is_named_by_its_path(string entry, string message)
    {
        var text = $$"""{ "version": 1, "models": { "x": {{entry.Replace("REV", new string('a', 40))}} } }""";

        var read = () => LockReader.Read(System.Text.Encoding.UTF8.GetBytes(text), "models.lock.json");

        var failure = read.Should().Throw<Failure>().Which;
        failure.Code.Should().Be(ExitCode.Integrity);
        failure.Message.Should().StartWith("invalid lock file models.lock.json: ").And.Contain(message);
    }

    [Fact]
    public void A_lock_file_is_read_and_written_back_unchanged()
    {
        var entry = new RepositoryEntry
        {
            Repository = RepositoryId.Parse("acme/round", "dataset"),
            Commit = CommitId.Parse(new string('a', 40)),
            Ref = "refs/pr/1",
            Frozen = true,
            Endpoint = "https://hub.example.org",
            Selection = new(["a \"b\".txt"], ["*.ünicode"], ["\t"]),
            Lfs =
            [
                new("z.bin", null, Sha256Digest.Parse(new string('b', 64))),
                new("a/ünï \"quoted\".bin", 5, Sha256Digest.Parse(new string('c', 64))),
            ],
            Regular = [new("README.md", 3, GitBlobId.Parse(new string('d', 40)))],
            RegularHash = NixHash.Parse(new string('e', 64)),
            Signatures = [new("me-1:xyz")],
        };
        var text = LockWriter.Write(LockFile.Empty.With("round", entry));

        LockWriter.Write(LockReader.Read(System.Text.Encoding.UTF8.GetBytes(text), "x")).Should().Be(text);
        text.Should().Contain("\"size\": null");
    }
}
