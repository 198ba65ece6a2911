using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Locking;

/// <summary>One machine downloads a locked model, the others copy it from there (docs/fleet.md).</summary>
public sealed class FleetTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private const int Shard = 3_000_000;
    private readonly LockBench _bench = new(hub);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_second_store_substitutes_a_signed_model_without_a_request_to_the_hub()
    {
        hub.Repository("acme/fleet")
            .File("config.json", """{ "fleet": true }""")
            .Lfs("model-00001-of-00002.bin", LockBench.Bytes(Shard, 51))
            .Lfs("model-00002-of-00002.bin", LockBench.Bytes(Shard, 52));
        await _bench.PinAsync("acme/fleet");
        const string Model = """fetchModel { name = "fleet"; inherit lockFile; validation.preset = "none"; }""";
        var built = await _bench.BuildAsync(nix, NixVersion.Current, Model);
        built.ExitCode.Should().Be(0, built.Errors);
        var (secret, key) = await FleetKey.MakeAsync(nix.Folder, "fleet-1");
        var cache = Path.Combine(nix.Folder, "cache");

        var copied = await nix.RunAsync(
            NixVersion.Current,
            "nix",
            "copy",
            "--to",
            $"file://{cache}?compression=none&secret-key={secret}",
            built.Output.Trim()
        );

        copied.ExitCode.Should().Be(0, copied.Errors);
        await hub.ClearRecordAsync();
        // The other machine has the old Nix and a separate store.
        var expression = $"with {NixFixture.Offline}; let lockFile = {_bench.File}; in {Model}";
        string[] substituting =
        [
            "--no-out-link",
            "-E",
            expression,
            "--option",
            "substituters",
            $"file://{cache}",
            "--option",
            "max-jobs",
            "0",
        ];
        var distrusted = await nix.RunAsync(
            NixVersion.Old,
            "nix-build",
            [.. substituting, "--option", "trusted-public-keys", ""]
        );
        var trusted = await nix.RunAsync(
            NixVersion.Old,
            "nix-build",
            [.. substituting, "--option", "trusted-public-keys", key]
        );

        distrusted.ExitCode.Should().NotBe(0, "the links are not a fixed-output derivation, so they need a signature");
        trusted.ExitCode.Should().Be(0, trusted.Errors);
        trusted.Output.Trim().Should().Be(built.Output.Trim());
        (await hub.RecordAsync()).Should().BeEmpty();
        (await nix.RunAsync(NixVersion.Old, "nix-store", "--query", "--requisites", trusted.Output.Trim()))
            .Output.Trim()
            .Split('\n')
            .Should()
            .HaveCount(5);
    }

    [Fact]
    public async Task No_archive_of_a_locked_model_is_larger_than_one_shard()
    {
        hub.Repository("acme/shards")
            .File("config.json", """{ "shards": true }""")
            .Lfs("model-00001-of-00003.bin", LockBench.Bytes(Shard, 61))
            .Lfs("model-00002-of-00003.bin", LockBench.Bytes(Shard, 62))
            .Lfs("model-00003-of-00003.bin", LockBench.Bytes(Shard, 63));
        await _bench.PinAsync("acme/shards");
        var commit = await hub.CommitAsync("acme/shards");
        var whole = await _bench.PrefetchAsync("acme/shards", "--no-store", "--format", "sri");

        var locked = await ArchivesAsync(
            """fetchModel { name = "shards"; inherit lockFile; validation.preset = "none"; }""",
            "locked"
        );
        var single = await ArchivesAsync(
            $$"""
            fetchHuggingFace {
              repo = "acme/shards"; rev = "{{commit}}"; hash = "{{whole.Output.Trim()}}";
            }
            """,
            "single"
        );

        locked.Max().Should().BeInRange(Shard, Shard + 1000);
        locked.Count(size => size >= Shard).Should().Be(3);
        locked.Where(size => size < Shard).Sum().Should().BeLessThan(20_000);
        single.Should().ContainSingle().Which.Should().BeGreaterThan(3 * Shard);
    }

    [Fact]
    public async Task A_machine_that_may_not_build_uses_a_remote_builder()
    {
        hub.Repository("acme/remote")
            .File("config.json", """{ "remote": true }""")
            .Lfs("model.bin", LockBench.Bytes(100_000, 71));
        await _bench.PinAsync("acme/remote");
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        var builder = Directory.CreateDirectory(Path.Combine(nix.Folder, "builder")).FullName;

        // Nix takes "localhost" for this machine and starts the other side itself, without sshd; it looks for it on
        // PATH.
        var environment = nix.EnvironmentOf(NixVersion.Old);
        environment["HF_ENDPOINT"] = hub.Endpoint;
        var outcome = await Executable.RunAsync(
            "nix-build",
            [
                "--no-out-link",
                "--max-jobs",
                "0",
                "--builders",
                $"ssh-ng://localhost?remote-store={builder} - - 1",
                "-E",
                $$"""
                with {{NixFixture.Offline}};
                fetchModel { name = "remote"; lockFile = {{_bench.File}}; validation.preset = "none"; }
                """,
            ],
            environment
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain("ssh-ng://localhost");
        Directory.Exists(builder + outcome.Output.Trim()).Should().BeTrue();
        Directory.Exists(nix.OnDisk(NixVersion.Old, outcome.Output.Trim())).Should().BeTrue();
    }

    private async Task<long[]> ArchivesAsync(string expression, string name)
    {
        var built = await _bench.BuildAsync(nix, NixVersion.Current, expression);
        built.ExitCode.Should().Be(0, built.Errors);
        var cache = Path.Combine(nix.Folder, name);
        var copied = await nix.RunAsync(
            NixVersion.Current,
            "nix",
            "copy",
            "--to",
            $"file://{cache}?compression=none",
            built.Output.Trim()
        );
        copied.ExitCode.Should().Be(0, copied.Errors);
        return [.. Directory.GetFiles(Path.Combine(cache, "nar")).Select(file => new FileInfo(file).Length)];
    }
}
