using System.Text.Json.Nodes;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Locking;

/// <summary>A machine without a network gets a model by <c>nix copy</c> (docs/fleet.md): two stores, of which one was
/// never near the hub.</summary>
public sealed class OfflineMachineTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>,
        IDisposable
{
    private const int Shard = 3_000_000;
    private const string Model =
        """fetchModel { name = "carried"; inherit lockFile; validation.preset = "minimal"; }""";
    private readonly LockBench _bench = new(hub);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What is carried from one machine to the other: a binary cache in a folder.</summary>
    private string Stick => Path.Combine(nix.Folder, "stick");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_model_and_its_update_reach_a_machine_without_a_network_and_are_linked_there()
    {
        hub.Repository("acme/carried")
            .File("config.json", "{}")
            .Lfs("model-00001-of-00002.bin", LockBench.Bytes(Shard, 81))
            .Lfs("model-00002-of-00002.bin", LockBench.Bytes(Shard, 82));
        await _bench.PinAsync("acme/carried");
        var keys = await FleetKey.MakeAsync(nix.Folder, "carrier-1");

        var first = await CarryAsync(keys);
        await InstallAsync(first, keys);

        // The second version has one other shard.
        hub.Repository("acme/carried").Lfs("model-00002-of-00002.bin", LockBench.Bytes(Shard, 83));
        var update = await _bench.LockAsync("update");
        update.ExitCode.Should().Be(0, update.Errors);
        var carried = Archives();
        var second = await CarryAsync(keys);
        var added = Archives().Except(carried).Select(file => new FileInfo(file).Length).ToArray();
        var copied = await InstallAsync(second, keys);

        added.Where(size => size >= Shard).Should().ContainSingle("one shard has changed");
        added.Where(size => size < Shard).Sum().Should().BeLessThan(20_000);
        copied.Should().HaveCount(added.Length, "the machine takes what is new, and nothing else");
        copied.Should().ContainSingle(path => path.EndsWith("model-00002-of-00002.bin"));
        copied.Should().NotContain(path => path.EndsWith("model-00001-of-00002.bin"));
    }

    [Fact]
    public async Task A_model_is_copied_from_store_to_store_without_a_cache_between()
    {
        hub.Repository("acme/straight").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(100_000, 84));
        await _bench.PinAsync("acme/straight", "--name", "carried");
        var outputs = await BuildAsync();
        var other = Path.Combine(nix.Folder, "other");

        var copied = await nix.RunAsync(
            NixVersion.Current,
            "nix",
            ["copy", "--no-check-sigs", "--to", other, .. outputs]
        );
        copied.ExitCode.Should().Be(0, copied.Errors);
        await hub.ClearRecordAsync();
        var built = await OfflineAsync("nix-build", [.. NixBuild(), "--store", other]);

        built.ExitCode.Should().Be(0, built.Errors);
        built.Output.Trim().Should().Be(outputs[0]);
        built.Errors.Should().NotContain("building '");
        (await hub.RecordAsync()).Should().BeEmpty();
    }

    /// <summary>Builds the model where there is a network, and puts it on the stick, signed.</summary>
    private async Task<string[]> CarryAsync(FleetKey keys)
    {
        var outputs = await BuildAsync();
        var copied = await nix.RunAsync(
            NixVersion.Current,
            "nix",
            ["copy", "--to", $"file://{Stick}?compression=none&secret-key={keys.SecretFile}", .. outputs]
        );
        copied.ExitCode.Should().Be(0, copied.Errors);
        await hub.ClearRecordAsync();
        return outputs;
    }

    /// <summary>On the other machine, without a network: copies from the stick, builds what the configuration says, and
    /// links it; a client finds it.</summary>
    /// <returns>The paths that were copied.</returns>
    private async Task<IReadOnlyList<string>> InstallAsync(string[] outputs, FleetKey keys)
    {
        var store = nix.OnDisk(NixVersion.Old, "");
        string[] from = ["nix", "copy", "--from", $"file://{Stick}", "--store", store, .. outputs];
        var before = Installed();
        var distrusted = await OfflineAsync(from[0], [.. from[1..], "--option", "trusted-public-keys", ""]);
        distrusted.ExitCode.Should().NotBe(0, "the links need a signature that the machine trusts");
        var copied = await OfflineAsync(from[0], [.. from[1..], "--option", "trusted-public-keys", keys.Public]);
        copied.ExitCode.Should().Be(0, copied.Errors);
        var paths = Installed().Except(before).ToArray();

        var built = await OfflineAsync("nix-build", [.. NixBuild(), "--store", store]);
        built.ExitCode.Should().Be(0, built.Errors);
        built.Output.Trim().Should().Be(outputs[0]);
        built.Errors.Should().NotContain("building '");

        var cache = Path.Combine(nix.Folder, "hub");
        var manifest = Path.Combine(nix.Folder, "manifest.json");
        await File.WriteAllTextAsync(manifest, await ManifestAsync(cache), Cancellation);
        var synced = await OfflineAsync(
            "bash",
            [
                "-c",
                """
                mount --bind "$1" /nix && shift && "$1" sync --manifest "$2" >&2 && exec node "$3" "$4"
                """,
                "sync",
                store + "/nix",
                Executable.Fetcher,
                manifest,
                Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs"),
                cache,
            ]
        );
        synced.ExitCode.Should().Be(0, synced.Errors);
        var repository = JsonNode.Parse(synced.Output)!.AsArray().Should().ContainSingle().Subject!;
        ((string)repository["name"]!).Should().Be("acme/carried");
        repository["revisions"]![0]!["files"]!.AsArray().Should().HaveCount(3);
        (await hub.RecordAsync()).Should().BeEmpty();
        return paths;
    }

    private string[] Installed() =>
        Directory.Exists(nix.OnDisk(NixVersion.Old, "/nix/store"))
            ?
            [
                .. Directory
                    .GetFileSystemEntries(nix.OnDisk(NixVersion.Old, "/nix/store"))
                    // What an evaluation or a build leaves: derivations, the executable, locks.
                    .Where(path => !path.EndsWith(".drv") && !path.EndsWith("-nix-ai-models") && !path.Contains("/.")),
            ]
            : [];

    private string[] Archives() => Directory.GetFiles(Path.Combine(Stick, "nar"));

    private string Expression => $"with {NixFixture.Offline}; let lockFile = {_bench.File}; in {Model}";

    private string[] NixBuild() => ["--no-out-link", "-E", Expression, "--option", "substituters", ""];

    private async Task<string[]> BuildAsync()
    {
        var built = await _bench.BuildAsync(nix, NixVersion.Current, Model);
        built.ExitCode.Should().Be(0, built.Errors);
        var report = await nix.EvaluateAsync(NixVersion.Current, $"\"${{({Expression}).report}}\"");
        return [built.Output.Trim(), report.Trim('"')];
    }

    /// <summary>The manifest that a module makes of the model.</summary>
    private Task<string> ManifestAsync(string cache) =>
        nix.EvaluateAsync(
            NixVersion.Old,
            $$"""
            let model = {{Expression}}; in {
              version = 1; cacheDir = "{{cache}}"; group = null; stateDir = "{{nix.Folder}}/state"; nix = null;
              models = [ {
                name = "carried"; inherit (model) repo repoType rev refs partial; drv = null;
                out = "${model.out}"; report = "${model.report}"; raw = "${model.raw}";
              } ];
            }
            """
        );

    /// <summary>Runs a command of the old Nix, or any other, where there is no network.</summary>
    private Task<Outcome> OfflineAsync(string program, string[] arguments)
    {
        string[] namespaces = Environment.IsPrivilegedProcess
            ? ["--mount", "--net"]
            : ["--map-root-user", "--mount", "--net"];
        return Executable.RunAsync(
            "unshare",
            [.. namespaces, program, .. arguments],
            new Dictionary<string, string>
            {
                ["HOME"] = nix.Folder,
                ["NIX_CONF_DIR"] = Path.Combine(nix.Folder, "etc"),
                ["HF_ENDPOINT"] = hub.Endpoint,
            },
            nix.Folder
        );
    }
}
