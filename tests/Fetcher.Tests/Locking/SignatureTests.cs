using System.Text;
using NixAiModels.Hub;
using NixAiModels.Locking;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;
using NixAiModels.Transfer;

namespace NixAiModels.Tests.Locking;

/// <summary>Signed entries, which are checked before anything is downloaded.</summary>
public sealed class SignatureTests(TestHubFixture hub, NixFixture nix)
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
    public async Task An_altered_entry_is_refused_before_anything_is_downloaded_and_the_signed_one_is_built(
        NixVersion version
    )
    {
        var name = $"acme/signed-{version}".ToLowerInvariant();
        hub.Repository(name)
            .File("config.json", $"{{ \"v\": \"{version}\" }}")
            .Lfs("model.bin", LockBench.Bytes(10_000, 40 + (int)version));
        await _bench.PinAsync(name, "--name", "m");
        var key = await _bench.SignAsAsync("team-1");
        var signed = _bench.Text;
        await hub.ClearRecordAsync();

        // Nix itself would notice a changed sha256 only after the download.
        var sha256 = _bench.Repository("m").Lfs[0].Sha256.Hex;
        foreach (
            var altered in (string[])
                [signed.Replace(sha256, new string('0', 64)), signed.Replace("\"ref\": \"main\"", "\"ref\": \"other\"")]
        )
        {
            await File.WriteAllTextAsync(_bench.File, altered, Cancellation);
            var refused = await BuildAsync(version, "m", key);
            refused.ExitCode.Should().NotBe(0);
            refused.Errors.Should().Contain("not what team-1 signed");
        }

        await File.WriteAllTextAsync(_bench.File, signed.Replace("\"m\": {", "\"other\": {"), Cancellation);
        (await BuildAsync(version, "other", key))
            .Errors.Should()
            .Contain("not what team-1 signed: it was altered, or moved to another name");
        await File.WriteAllTextAsync(_bench.File, signed, Cancellation);
        (await BuildAsync(version, "m", "team-2:" + key.Split(':')[1]))
            .Errors.Should()
            .Contain("signed by team-1, none of them trusted");
        (await hub.RecordAsync()).Should().BeEmpty();

        var built = await BuildAsync(version, "m", key);
        built.ExitCode.Should().Be(0, built.Errors);
    }

    [Fact]
    public async Task An_entry_without_a_signature_is_refused_by_the_evaluation()
    {
        hub.Repository("acme/unsigned").File("config.json", "{}");
        await _bench.PinAsync("acme/unsigned");

        var outcome = await BuildAsync(
            NixVersion.Current,
            "unsigned",
            "team-1:" + Convert.ToBase64String(new byte[32])
        );

        outcome.ExitCode.Should().NotBe(0);
        (await BuildAsync(NixVersion.Current, "unsigned", "me-1:…"))
            .Errors.Should()
            .Contain("`trustedPublicKeys` must be a list of public keys");
        outcome
            .Errors.Should()
            .Contain("is not signed")
            .And.Contain("nix-prefetch-hf lock sign unsigned --key-file KEY");
    }

    [Fact]
    public async Task The_paths_of_the_files_do_not_depend_on_who_is_trusted()
    {
        hub.Repository("acme/paths").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(10_000));
        await _bench.PinAsync("acme/paths");
        var key = await _bench.SignAsAsync("team-1");

        var same = await nix.EvaluateAsync(
            NixVersion.Old,
            $$"""
            with {{NixFixture.Offline}};
            let
              paths = model: map (file: file.outPath) model.downloads;
              definition = { name = "paths"; lockFile = {{_bench.File}}; };
              trusting = fetchModel (definition // { trustedPublicKeys = [ "{{key}}" ]; });
              plain = fetchModel definition;
            in paths trusting == paths plain && trusting.raw != plain.raw
            """
        );

        same.Should().Be("true");
    }

    [Fact]
    public async Task Several_keys_may_sign_and_signatures_last_as_long_as_the_entry_is_the_same()
    {
        var repository = hub.Repository("acme/several").File("config.json", "{}");
        await _bench.PinAsync("acme/several");
        await _bench.SignAsAsync("team-1");
        await _bench.SignAsAsync("team-2");
        var signed = _bench.Text;
        LockFile
            .Read(_bench.File)
            .Models["several"]
            .Signatures.Select(signature => signature.KeyName)
            .Should()
            .Equal("team-1", "team-2");

        await _bench.PinAsync("acme/several");
        _bench.Text.Should().Be(signed);

        repository.CopyTo("before").File("config.json", "{ }");
        var updated = await _bench.LockAsync("update");
        updated.Errors.Should().Contain("its signatures were for the old commit");
        LockFile.Read(_bench.File).Models["several"].Signatures.Should().BeEmpty();
    }

    [Fact]
    public async Task Verify_checks_who_signed_a_lock_file_and_a_folder()
    {
        hub.Repository("acme/verified").File("config.json", "{}");
        await _bench.PinAsync("acme/verified");
        var key = await _bench.SignAsAsync("team-1");
        (await _bench.LockAsync("verify", "--trusted-public-keys", key)).ExitCode.Should().Be(0);
        var other = await _bench.LockAsync("verify", "--trusted-public-keys", $"team-2:{key.Split(':')[1]}");
        other.ExitCode.Should().Be(8);
        other.Errors.Should().Contain("signed by team-1, none of them trusted");

        var folder = Directory.CreateDirectory(Path.Combine(_bench.Folder, "model")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), "{}", Cancellation);
        (await _bench.RunAsync("sign", folder, "--key-file", "team-1")).ExitCode.Should().Be(0);
        (await _bench.RunAsync("verify", folder, "--trusted-public-keys", key)).ExitCode.Should().Be(0);
        (await _bench.RunAsync("verify", folder))
            .Errors.Should()
            .Contain("no trusted key given")
            .And.Contain("--trusted-public-keys");
        await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), "[]", Cancellation);
        (await _bench.RunAsync("verify", folder, "--trusted-public-keys", key)).ExitCode.Should().Be(8);
    }

    [Theory]
    [InlineData("\"rev\":", "\"endpoint\": \"https://evil.example\", \"rev\":")]
    [InlineData("\"rev\":", "\"frozen\": true, \"rev\":")]
    [InlineData("\"ref\": \"main\"", "\"ref\": \"v1\"")]
    [InlineData("\"include\": [\"*.json\"]", "\"exclude\": [\"*.json\"]")]
    [InlineData("\"repo\": \"acme/every\"", "\"repo\": \"evil/every\"")]
    [InlineData("\"repoType\": \"model\"", "\"repoType\": \"dataset\"")]
    public async Task Every_field_of_an_entry_is_signed(string signed, string altered)
    {
        hub.Repository("acme/every").File("config.json", "{}");
        await _bench.PinAsync("acme/every", "--include", "*.json");
        var key = await _bench.SignAsAsync("team-1");
        _bench.Text.Should().Contain(signed);
        await File.WriteAllTextAsync(_bench.File, _bench.Text.Replace(signed, altered), Cancellation);
        await hub.ClearRecordAsync();

        var outcome = await _bench.LockAsync("verify", "--trusted-public-keys", key);

        outcome.ExitCode.Should().Be(8, outcome.Errors);
        outcome.Errors.Should().Contain("not what team-1 signed");
        (await hub.RecordAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Freezing_drops_the_signatures_and_says_so()
    {
        hub.Repository("acme/frozen").File("config.json", "{}");
        await _bench.PinAsync("acme/frozen");
        await _bench.SignAsAsync("team-1");

        var outcome = await _bench.LockAsync("freeze", "frozen");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain("its signatures were for the entry before it was frozen");
        LockFile.Read(_bench.File).Models["frozen"].Signatures.Should().BeEmpty();
    }

    [Fact]
    public void The_canonical_form_is_the_text_that_the_documentation_shows()
    {
        var entry = new RepositoryEntry
        {
            Repository = RepositoryId.Parse("acme/text"),
            Commit = CommitId.Parse(new string('a', 40)),
            Ref = "main",
            Frozen = true,
            Endpoint = "https://hub.example.org",
            Selection = new([], ["b*", "a*"], []),
            Lfs =
            [
                new("z.bin", 5, Sha256Digest.Parse(new string('b', 64))),
                new("a.bin", null, Sha256Digest.Parse(new string('c', 64))),
            ],
            Regular = [new("R", 3, GitBlobId.Parse(new string('d', 40)))],
            RegularHash = NixHash.Parse(new string('0', 64)),
        };

        Encoding
            .UTF8.GetString(CanonicalEntry.Of("llama", entry))
            .Should()
            .Be(
                $"""
                nix-ai-models lock entry 2
                name 6c6c616d61
                repo acme/text
                type model
                rev {new string('a', 40)}
                ref 6d61696e
                endpoint 68747470733a2f2f6875622e6578616d706c652e6f7267
                frozen yes
                include 612a
                include 622a
                lfs 612e62696e {new string('c', 64)} -
                lfs 7a2e62696e {new string('b', 64)} 5
                regular sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
                file 52 {new string('d', 40)} 3

                """
            );
    }

    private Task<Outcome> BuildAsync(NixVersion version, string name, string key) =>
        _bench.BuildAsync(
            nix,
            version,
            $$"""
            fetchModel {
              name = "{{name}}"; inherit lockFile; trustedPublicKeys = [ "{{key}}" ]; validation.preset = "none";
            }
            """
        );
}
