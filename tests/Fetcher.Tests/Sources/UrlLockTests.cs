using System.Text;
using NixAiModels.Locking;
using NixAiModels.Sources;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Locking;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Sources;

/// <summary>Lock entries of files at addresses.</summary>
public sealed class UrlLockTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private readonly LockBench _bench = new(hub);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_model_of_several_files_is_locked_shown_and_built(NixVersion version)
    {
        var repository = $"acme/several-{version}".ToLowerInvariant();
        hub.Repository(repository)
            .Lfs("llama.gguf", LockBench.Bytes(2_000_000))
            .Lfs("mirror.gguf", LockBench.Bytes(2_000_000))
            .Lfs("mmproj.gguf", LockBench.Bytes(50_000));
        await _bench.PinAsync(
            Address(repository, "llama.gguf"),
            $"llama.gguf={Address(repository, "mirror.gguf")}",
            $"vision/mmproj.gguf={Address(repository, "mmproj.gguf")}",
            "--name",
            "m"
        );

        _bench.Text.Should().Contain("\"source\": \"url\"").And.Contain("\"path\": \"vision/mmproj.gguf\"");
        LockFile.Read(_bench.File).Models["m"].Should().BeOfType<FileEntry>().Which.Files[0].Urls.Should().HaveCount(2);
        (await _bench.LockAsync("show")).Output.Should().Contain("m: http://").And.Contain("2 files, 2.1 MB");
        (await _bench.LockAsync("verify")).Output.Should().Be("m: as pinned\n");

        var built = await _bench.BuildAsync(
            nix,
            version,
            """fetchModel { name = "m"; inherit lockFile; validation.enable = false; }"""
        );

        built.ExitCode.Should().Be(0, built.Errors);
        Directory
            .EnumerateFileSystemEntries(nix.OnDisk(version, built.Output.Trim()))
            .Select(Path.GetFileName)
            .Should()
            .BeEquivalentTo("llama.gguf", "vision");
        var models = await nix.EvaluateAsync(
            version,
            $"builtins.attrNames (({NixFixture.Offline}).mkModels {_bench.File})"
        );
        models.Should().Be("[\"m\"]");
    }

    [Fact]
    public async Task An_update_downloads_compares_and_says_what_changed()
    {
        var repository = hub.Repository("acme/update").Lfs("llama.gguf", LockBench.Bytes(200_000));
        await _bench.PinAsync(Address("acme/update", "llama.gguf"));
        var before = _bench.Text;

        var same = await _bench.LockAsync("update");
        same.ExitCode.Should().Be(0, same.Errors);
        same.Output.Should().Be("nothing moved\n");
        _bench.Text.Should().Be(before);

        repository.Lfs("llama.gguf", LockBench.Bytes(300_000));
        (await _bench.LockAsync("verify")).ExitCode.Should().Be(6);
        (await _bench.LockAsync("update", "--dry-run")).Output.Should().Contain("~ llama.gguf  200 kB → 300 kB");
        _bench.Text.Should().Be(before);
        var changed = await _bench.LockAsync("update");
        changed.Output.Should().Contain("~ llama.gguf  200 kB → 300 kB");
        _bench.Text.Should().NotBe(before);

        (await _bench.LockAsync("freeze", "llama")).ExitCode.Should().Be(0);
        repository.Lfs("llama.gguf", LockBench.Bytes(400_000));
        (await _bench.LockAsync("update")).Errors.Should().Contain("it is frozen");
        (await _bench.LockAsync("rename", "llama", "other")).ExitCode.Should().Be(0);
        (await _bench.LockAsync("remove", "other")).ExitCode.Should().Be(0);
        LockFile.Read(_bench.File).Models.Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"path\": \"llama.gguf\"", "\"path\": \"evil.gguf\"")]
    [InlineData("\"size\": 100000, \"sha256\"", "\"size\": null, \"sha256\"")]
    [InlineData("/files/acme/signed/llama.gguf\"]", "/files/acme/signed/other.gguf\"]")]
    [InlineData("\"]", "\", \"https://evil.example/x.gguf\"]")]
    [InlineData("\"source\": \"url\"", "\"source\": \"other\"")]
    [InlineData("\"source\": \"url\"", "\"source\": \"url\", \"ref\": \"x\"")]
    [InlineData("\"source\": \"url\"", "\"source\": \"url\", \"rev\": \"x\"")]
    [InlineData("\"source\": \"url\"", "\"source\": \"url\", \"frozen\": true")]
    public async Task Every_field_is_signed(string signed, string altered)
    {
        hub.Repository("acme/signed").Lfs("llama.gguf", LockBench.Bytes(100_000));
        await _bench.PinAsync(Address("acme/signed", "llama.gguf"));
        var key = await _bench.SignAsAsync("team-1");
        (await _bench.LockAsync("verify", "--trusted-public-keys", key)).ExitCode.Should().Be(0);
        _bench.Text.Should().Contain(signed);
        var text = _bench.Text.Replace("\n      \"size\": 100000,", "", StringComparison.Ordinal);
        var at = text.IndexOf(signed, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_bench.File, text[..at] + altered + text[(at + signed.Length)..], Cancellation);

        var outcome = await _bench.LockAsync("verify", "--trusted-public-keys", key);

        outcome.ExitCode.Should().Be(8, outcome.Errors);
        outcome.Errors.Should().Contain("not what team-1 signed");
    }

    [Fact]
    public async Task A_build_that_requires_a_signature_checks_it_before_the_download()
    {
        hub.Repository("acme/trusted").Lfs("llama.gguf", LockBench.Bytes(100_000));
        await _bench.PinAsync(Address("acme/trusted", "llama.gguf"));
        var key = await _bench.SignAsAsync("team-1");
        await hub.ClearRecordAsync("acme/trusted");
        var expression =
            $"(fetchModel {{ name = \"llama\"; inherit lockFile; trustedPublicKeys = [ \"{key}\" ]; "
            + "validation.enable = false; })";
        var good = await _bench.BuildAsync(nix, NixVersion.Current, expression);
        good.ExitCode.Should().Be(0, good.Errors);

        await File.WriteAllTextAsync(
            _bench.File,
            _bench.Text.Replace("/files/", "/private/", StringComparison.Ordinal),
            Cancellation
        );
        var bad = await _bench.BuildAsync(nix, NixVersion.Current, expression);

        bad.ExitCode.Should().NotBe(0);
        bad.Errors.Should().Contain("not what team-1 signed");
    }

    [Fact]
    public async Task Fetched_with_a_users_own_password_a_build_needs_none()
    {
        hub.Repository("acme/private").Lfs("llama.gguf", LockBench.Bytes(100_000, seed: 9));
        await _bench.PinAsync(Address("acme/private", "llama.gguf"));
        await File.WriteAllTextAsync(
            _bench.File,
            _bench.Text.Replace("/files/", "/private/", StringComparison.Ordinal),
            Cancellation
        );
        const string expression = """fetchModel { name = "llama"; inherit lockFile; validation.enable = false; }""";
        var refused = await _bench.BuildAsync(nix, NixVersion.Current, expression);
        refused.Errors.Should().Contain("nix-prefetch-hf lock fetch llama");
        var netrc = Path.Combine(_bench.Folder, "netrc");
        await File.WriteAllTextAsync(netrc, "machine 127.0.0.1 login user password secret\n", Cancellation);

        var fetched = await Executable.RunAsync(
            Executable.Prefetch,
            ["lock", "fetch", "llama"],
            new Dictionary<string, string>(nix.EnvironmentOf(NixVersion.Current)) { ["NETRC"] = netrc },
            _bench.Folder
        );

        fetched.ExitCode.Should().Be(0, fetched.Errors);
        fetched.Output.Should().EndWith("-llama.gguf\n");
        (await _bench.BuildAsync(nix, NixVersion.Current, expression)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_file_that_is_another_ones_folder_is_not_locked()
    {
        hub.Repository("acme/folders").Lfs("llama.gguf", LockBench.Bytes(1_000, seed: 1));
        var address = WebAddress.Parse(Address("acme/folders", "llama.gguf"));
        var entries = new FileEntries(new TransferOptions(), nix: null);

        var pinning = () => entries.PinAsync([("x", address), ("x/y.gguf", address)], Cancellation);

        (await pinning.Should().ThrowAsync<Failure>()).WithMessage("*'x/y.gguf' has the file 'x' for a folder*");
    }

    [Fact]
    public async Task An_address_with_a_signature_is_not_locked()
    {
        var added = await _bench.LockAsync("add", "https://b.s3.amazonaws.com/x.gguf?X-Amz-Signature=abc");

        added.ExitCode.Should().Be(2);
        added.Errors.Should().Contain("everybody could read").And.NotContain("abc");
        File.Exists(_bench.File).Should().BeFalse();
    }

    [Theory]
    [InlineData("""{ "source": "url", "files": [] }""", "pins no file")]
    [InlineData("""{ "source": "url", "files": [{ "path": "x", "sha256": "SHA", "urls": [] }] }""", "has no address")]
    [InlineData(
        """{ "source": "url", "files": [{ "path": "../x", "sha256": "SHA", "urls": ["https://h/x"] }] }""",
        "holds the name '..'"
    )]
    [InlineData(
        """{ "source": "url", "files": [{ "path": "x", "sha256": "SHA", "urls": ["https://h/x?sig=1"] }] }""",
        "holds a credential"
    )]
    [InlineData(
        """{ "source": "url", "repo": "a/b", "files": [{ "path": "x", "sha256": "SHA", "urls": ["https://h/x"] }] }""",
        "'repo' is unknown"
    )]
    [InlineData(
        """{"source": "url", "size": 3, "files": [{"path": "x", "size": 2, "sha256": "SHA", "urls": ["https://h"]}]}""",
        "but the files have 2 bytes together"
    )]
    [InlineData(
        """{ "source": "x", "files": [{ "path": "x", "sha256": "SHA", "urls": ["oci+https://u:p@h/x"] }] }""",
        "holds a credential"
    )]
    public void A_damaged_entry_is_refused(string entry, string message)
    {
        var text = $$"""{ "version": 1, "models": { "m": {{entry.Replace("SHA", new string('a', 64))}} } }""";

        var read = () => LockReader.Read(Encoding.UTF8.GetBytes(text), "models.lock.json");

        read.Should().Throw<Failure>().WithMessage($"*{message}*");
    }

    [Theory]
    [InlineData("""{ "source": "url", "files": [FILE] }""", null)]
    [InlineData("""{ "source": "url", "repo": "a/b", "rev": "x", "files": [FILE] }""", "`repo` does not belong there")]
    [InlineData("""{ "repo": "a/b", "rev": "REV", "lfs": [FILE] }""", "damaged: lfs must have")]
    [InlineData("""{ "repo": "a/b", "rev": "REV", "urls": [] }""", "`urls` does not belong there")]
    [InlineData("""{ "source": "url", "files": [FILE, { "path": "y", "oid": "" }] }""", "damaged: files must have")]
    public async Task An_evaluation_reads_every_field_that_a_reviewer_sees(string entry, string? error)
    {
        var file = $$"""{ "path": "x", "sha256": "{{new string('a', 64)}}", "urls": ["https://h/x"] }""";
        var folder = Directory.CreateTempSubdirectory("reviewed-").FullName;
        var text = entry
            .Replace("FILE", file, StringComparison.Ordinal)
            .Replace("REV", new string('b', 40), StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "models.lock.json"),
            $$"""{ "version": 1, "models": { "m": {{text}} } }""" + "\n",
            Cancellation
        );

        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $$"""({{NixFixture.Offline}}).fetchModel { name = "m"; lockFile = {{folder}}/models.lock.json; }"""
        );

        Directory.Delete(folder, recursive: true);
        outcome.ExitCode.Should().Be(error is null ? 0 : 1, outcome.Errors);
        if (error is not null)
            outcome.Errors.Should().Contain(error);
    }

    [Fact]
    public void An_entry_is_read_and_written_back_unchanged_and_its_canonical_form_is_documented()
    {
        var entry = new FileEntry
        {
            Source = "url",
            Frozen = true,
            Files =
            [
                new("z.gguf", Sha256Digest.Parse(new string('b', 64)), null, ["https://h/z.gguf", "https://g/z"]),
                new("a/b.gguf", Sha256Digest.Parse(new string('c', 64)), 5, ["https://h/b.gguf"]),
            ],
            Signatures = [new("me-1:xyz")],
        };
        var text = LockWriter.Write(LockFile.Empty.With("m", entry));

        LockWriter.Write(LockReader.Read(Encoding.UTF8.GetBytes(text), "x")).Should().Be(text);
        Encoding
            .UTF8.GetString(CanonicalEntry.Of("m", entry))
            .Should()
            .Be(
                $"""
                nix-ai-models lock entry 2
                name 6d
                source 75726c
                ref -
                rev -
                frozen yes
                pinned 612f622e67677566 {new string('c', 64)} 5 68747470733a2f2f682f622e67677566
                pinned 7a2e67677566 {new string(
                    'b',
                    64
                )} - 68747470733a2f2f682f7a2e67677566 68747470733a2f2f672f7a

                """
            );
    }

    private string Address(string repository, string file) => $"{hub.Plain}/files/{repository}/{file}";
}
