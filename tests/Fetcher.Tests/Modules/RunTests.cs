using System.Text.RegularExpressions;
using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Locking;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The modules with Debian's Nix.</summary>
public sealed class OldNixRunTests(TestHubFixture hub) : RunTests(hub, NixVersion.Old);

/// <summary>The modules with a current Nix, which the fixture has installed.</summary>
public sealed class CurrentNixRunTests(TestHubFixture hub)
    : RunTests(hub, NixVersion.Current),
        IClassFixture<NixFixture>;

/// <summary>Builds what the modules evaluate to and runs it against the test hub, in a separate Nix store.</summary>
public abstract class RunTests(TestHubFixture hub, NixVersion version) : IClassFixture<TestHubFixture>, IDisposable
{
    private const string Token = "hf_theRightToken";

    private readonly ModuleRun _module = new(hub, version);

    private PrivateStore Store => _module.Store;

    public void Dispose()
    {
        _module.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_activation_of_home_manager_links_the_models_keeps_a_log_and_removes_former_ones()
    {
        var (model, commit) = await _module.ModelAsync("acme/home");
        var configured = _module.HomeActivation($"models.tiny = {model};");
        var link = Path.Combine(_module.Home, ".cache/huggingface/hub/models--acme--home/snapshots", commit);

        var dry = await _module.ActivateAsync(configured, new() { ["DRY_RUN"] = "1" });
        dry.ExitCode.Should().Be(0, dry.Errors);
        dry.Output.Should().Contain(link);
        Directory.GetFileSystemEntries(_module.Home).Should().BeEmpty("a dry run makes nothing");

        var first = await _module.ActivateAsync(configured);
        first.ExitCode.Should().Be(0, first.Output);
        (await File.ReadAllTextAsync(Path.Combine(link, "config.json"), TestContext.Current.CancellationToken))
            .Should()
            .Be("{}");

        var second = await _module.ActivateAsync(configured);
        second.Output.Should().Contain("1 unchanged");

        Store.Nix("nix-collect-garbage");
        File.Exists(Path.Combine(link, "config.json")).Should().BeTrue("a configured model is never collected");

        var third = await _module.ActivateAsync(_module.HomeActivation(""));
        third.ExitCode.Should().Be(0, third.Output);
        Path.Exists(link).Should().BeFalse();
        var log = await File.ReadAllTextAsync(
            Path.Combine(_module.Home, ".local/state/home-manager/activation.log"),
            TestContext.Current.CancellationToken
        );
        log.Should()
            .Contain("linked as models--acme--home")
            .And.Contain("1 unchanged")
            .And.Contain("no longer configured");
    }

    [Fact]
    public async Task A_cache_folder_that_is_a_link_is_followed()
    {
        var (model, commit) = await _module.ModelAsync("acme/linked-home");
        var large = Directory.CreateDirectory(Store["large-disk"]).FullName;
        File.CreateSymbolicLink(Path.Combine(_module.Home, ".cache"), large);
        var configured = _module.HomeActivation($"models.tiny = {model};");

        foreach (var word in (string[])["1 linked", "1 unchanged"])
            (await _module.ActivateAsync(configured)).Output.Should().Contain(word);
        (
            await File.ReadAllTextAsync(
                Path.Combine(large, "huggingface/hub/models--acme--linked-home/snapshots", commit, "config.json"),
                TestContext.Current.CancellationToken
            )
        )
            .Should()
            .Be("{}");
        (await _module.ActivateAsync(_module.HomeActivation(""))).Output.Should().Contain("1 removed");
        new FileInfo(Path.Combine(_module.Home, ".cache")).LinkTarget.Should().Be(large);
    }

    [Fact]
    public async Task An_activation_of_home_manager_fetches_a_gated_model_with_the_token_of_the_user()
    {
        var (model, commit) = await _module.ModelAsync("acme/home-gated", Token);
        var script = _module.HomeActivation(
            $$"""
            models.tiny = {{model}};
            auth = { tokenEnvVar = "MY_TOKEN"; tokenFile = "~/token"; endpoints = [ "{{hub.Endpoint}}" ]; };
            """
        );
        var file = Path.Combine(
            _module.Home,
            ".cache/huggingface/hub/models--acme--home-gated/snapshots",
            commit,
            "config.json"
        );

        var without = await _module.ActivateAsync(script);
        without.ExitCode.Should().Be(4, without.Output + without.Errors);
        without.Output.Should().Contain("MY_TOKEN");
        File.Exists(file).Should().BeFalse();

        await File.WriteAllTextAsync(Path.Combine(_module.Home, "token"), Token, TestContext.Current.CancellationToken);
        var with = await _module.ActivateAsync(script);
        with.ExitCode.Should().Be(0, with.Output);
        File.Exists(file).Should().BeTrue();
        with.Output.Should().NotContain(Token);
    }

    [Fact]
    public async Task The_service_links_the_models_of_the_system_and_rolls_back_with_it()
    {
        var (old, oldCommit) = await _module.ModelAsync("acme/server");
        var before = _module.ServiceCommand($"models.tiny = {old};");
        hub.Repository("acme/server").File("config.json", """{ "new": true }""");
        var (now, nowCommit) = await _module.ModelAsync("acme/server");
        var after = _module.ServiceCommand($"models.tiny = {now};");
        hub.Repository("acme/server").Gated("nobody has this");
        await hub.ClearRecordAsync();

        foreach (var (command, commit) in new[] { (before, oldCommit), (after, nowCommit), (before, oldCommit) })
        {
            var outcome = await _module.ExecuteAsync(command);
            outcome.ExitCode.Should().Be(0, outcome.Errors);
            Directory
                .GetFileSystemEntries(Path.Combine(Store["cache"], "hub/models--acme--server/snapshots"))
                .Select(Path.GetFileName)
                .Should()
                .Equal(commit);
            (
                await File.ReadAllTextAsync(
                    Path.Combine(Store["cache"], "hub/models--acme--server/refs/main"),
                    TestContext.Current.CancellationToken
                )
            )
                .Should()
                .Be(commit);
        }

        (await hub.RecordAsync()).Should().BeEmpty("what came with the system needs no network");
    }

    [Fact]
    public async Task The_service_fetches_a_gated_model_with_the_credential_from_systemd()
    {
        var (model, commit) = await _module.ModelAsync("acme/server-gated", Token);
        var command = _module.ServiceCommand(
            $$"""
            models.tiny = {{model}};
            auth = { tokenFile = "/run/secrets/hf-token"; endpoints = [ "{{hub.Endpoint}}" ]; };
            """
        );
        var credentials = Directory.CreateDirectory(Store["credentials"]).FullName;

        await File.WriteAllTextAsync(
            Path.Combine(credentials, "hf-token"),
            "hf_wrong",
            TestContext.Current.CancellationToken
        );
        (await _module.ExecuteAsync(command, credentials)).ExitCode.Should().Be(4);

        await File.WriteAllTextAsync(
            Path.Combine(credentials, "hf-token"),
            Token,
            TestContext.Current.CancellationToken
        );
        var outcome = await _module.ExecuteAsync(command, credentials);
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        File.Exists(Path.Combine(Store["cache"], "hub/models--acme--server-gated/snapshots", commit, "config.json"))
            .Should()
            .BeTrue();
        (outcome.Output + outcome.Errors).Should().NotContain(Token);
        Directory
            .GetFiles(Store.StoreFolder, "*ai-models*")
            .Should()
            .OnlyContain(file => !File.ReadAllText(file).Contains("hf_"));
    }

    [Fact]
    public async Task A_failure_that_may_pass_makes_the_service_try_again_even_beside_one_that_will_not()
    {
        var (model, _) = await _module.ModelAsync("acme/never");
        var never = Regex.Replace(
            model,
            "hash = \".*?\"",
            "hash = \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\""
        );
        var (later, _) = await _module.ModelAsync("acme/later", "hf_aTokenThatComesLater");
        var command = _module.ServiceCommand(
            $$"""
            models = { a = {{never}}; b = {{later}}; c = {{(await _module.ModelAsync("acme/there")).Model}}; };
            auth = { tokenFile = "/run/secrets/hf-token"; endpoints = [ "{{hub.Endpoint}}" ]; };
            """
        );
        var credentials = Directory.CreateDirectory(Store["credentials"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(credentials, "hf-token"),
            Token,
            TestContext.Current.CancellationToken
        );
        hub.Repository("acme/never").Gated(Token);
        hub.Repository("acme/there").Gated(Token);

        var outcome = await _module.ExecuteAsync(command, credentials);

        outcome.ExitCode.Should().Be(4, outcome.Errors);
        outcome.Errors.Should().Contain("a: exit code 6").And.Contain("b: exit code 4").And.Contain("1 linked");
    }

    [Fact]
    public async Task Two_revisions_of_a_repository_live_side_by_side_and_clients_see_both()
    {
        var (old, oldCommit) = await _module.ModelAsync("acme/two");
        hub.Repository("acme/two").CopyTo("v1.0").File("config.json", """{ "new": true }""");
        var (now, nowCommit) = await _module.ModelAsync("acme/two");
        var tagged = old.Replace("endpoint =", "ref = \"v1.0\"; endpoint =", StringComparison.Ordinal);

        var both = await _module.ExecuteAsync(_module.ServiceCommand($"models = {{ old = {tagged}; new = {now}; }};"));
        both.ExitCode.Should().Be(0, both.Errors);
        var cache = Path.Combine(Store["cache"], "hub");
        var scan = await Executable.RunAsync(
            "node",
            [Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs"), cache]
        );
        scan.ExitCode.Should().Be(0, scan.Errors);
        scan.Output.Should().Contain(oldCommit).And.Contain(nowCommit).And.Contain("v1.0");

        var one = await _module.ExecuteAsync(_module.ServiceCommand($"models.new = {now};"));
        one.ExitCode.Should().Be(0, one.Errors);
        Directory
            .GetFileSystemEntries(Path.Combine(cache, "models--acme--two/snapshots"))
            .Select(Path.GetFileName)
            .Should()
            .Equal(nowCommit);
        (await Executable.RunAsync("node", [Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs"), cache]))
            .ExitCode.Should()
            .Be(0);
    }

    [Fact]
    public async Task No_models_and_the_removal_of_the_last_one_succeed()
    {
        var (model, _) = await _module.ModelAsync("acme/last");

        foreach (var configuration in (string[])["", $"models.last = {model};", "", ""])
        {
            var outcome = await _module.ExecuteAsync(_module.ServiceCommand(configuration));
            outcome.ExitCode.Should().Be(0, outcome.Errors);
        }

        Path.Exists(Path.Combine(Store["cache"], "hub/models--acme--last")).Should().BeFalse();
    }

    [Fact]
    public async Task Every_entry_of_a_lock_file_is_a_model_of_the_system()
    {
        using var bench = new LockBench(hub);
        hub.Repository("acme/lock-whole").File("config.json", "{}").Lfs("model.bin", LockBench.Bytes(1000));
        hub.Repository("acme/lock-part")
            .File("config.json", "{}")
            .File("other.json", "{}")
            .Lfs("model.bin", LockBench.Bytes(1000));
        await bench.PinAsync("acme/lock-whole", "--endpoint", hub.Endpoint);
        await bench.PinAsync(
            "acme/lock-part",
            "--include",
            "*.bin",
            "--include",
            "config.json",
            "--endpoint",
            hub.Endpoint
        );
        var command = _module.ServiceCommand(
            $$"""
            lockFile = {{bench.File}}; models.lock-whole.validation.preset = "minimal"; validation.preset = "none";
            """
        );
        await hub.ClearRecordAsync();

        var outcome = await _module.ExecuteAsync(command);

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Errors.Should().Contain("2 linked");
        (await hub.RecordAsync()).Should().BeEmpty();
        var cache = Path.Combine(Store["cache"], "hub");
        (
            await File.ReadAllBytesAsync(
                Path.Combine(
                    cache,
                    "models--acme--lock-whole/snapshots",
                    await hub.CommitAsync("acme/lock-whole"),
                    "model.bin"
                ),
                TestContext.Current.CancellationToken
            )
        )
            .Should()
            .Equal(LockBench.Bytes(1000));
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(LockBench.Bytes(1000)));
        (
            await File.ReadAllBytesAsync(
                Path.Combine(cache, "models--acme--lock-whole/blobs", digest),
                TestContext.Current.CancellationToken
            )
        )
            .Should()
            .HaveCount(1000);
        (await _module.ExecuteAsync(command)).Errors.Should().Contain("2 unchanged");
        var scan = await Executable.RunAsync(
            Executable.Fetcher,
            ["scan-cache", "--cache-dir", cache, "--state-dir", Store.State]
        );
        scan.Output.Should()
            .MatchRegex("-hf\\+acme\\+lock-whole\\+[0-9a-f]{40}\n")
            .And.Contain("2 files, 2 of them in the store  [model lock-whole]");
    }

    [Fact]
    public async Task A_gated_locked_model_is_fetched_with_the_credential_unless_its_entry_was_altered()
    {
        using var bench = new LockBench(hub);
        hub.Repository("acme/lock-gated")
            .File("config.json", """{ "gated": true }""")
            .Lfs("model.bin", LockBench.Bytes(2000, 5))
            .Gated(Token);
        var pinned = await Executable.RunAsync(
            Executable.Prefetch,
            ["lock", "add", "acme/lock-gated", "--lock-file", bench.File, "--endpoint", hub.Endpoint],
            new Dictionary<string, string> { ["HF_TOKEN"] = Token, ["PATH"] = "/nowhere" }
        );
        pinned.ExitCode.Should().Be(0, pinned.Errors);
        var key = await bench.SignAsAsync("team-1");
        var credentials = Directory.CreateDirectory(Store["credentials"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(credentials, "hf-token"),
            Token,
            TestContext.Current.CancellationToken
        );
        string[] Command() =>
            _module.ServiceCommand(
                $$"""
                lockFile = {{bench.File}}; validation.preset = "minimal";
                auth = {
                  tokenFile = "/run/secrets/hf-token";
                  endpoints = [ "{{hub.Endpoint}}" ];
                  trustedPublicKeys = [ "{{key}}" ];
                };
                """
            );
        var text = bench.Text;
        await File.WriteAllTextAsync(
            bench.File,
            text.Replace("\"size\": 2000", "\"size\": null", StringComparison.Ordinal)
                .Replace("\"size\": 2017", "\"size\": null", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        await hub.ClearRecordAsync();

        var altered = await _module.ExecuteAsync(Command(), credentials);
        altered.ExitCode.Should().Be(8, altered.Errors);
        altered.Errors.Should().Contain("not what team-1 signed");
        (await hub.RecordAsync()).Should().BeEmpty();

        await File.WriteAllTextAsync(bench.File, text, TestContext.Current.CancellationToken);
        var outcome = await _module.ExecuteAsync(Command(), credentials);
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        (outcome.Output + outcome.Errors).Should().NotContain(Token);
        File.Exists(
                Path.Combine(
                    Store["cache"],
                    "hub/models--acme--lock-gated/snapshots",
                    await hub.CommitAsync("acme/lock-gated", token: Token),
                    "model.bin"
                )
            )
            .Should()
            .BeTrue();
        (await hub.RecordAsync()).Count(request => request.File == "model.bin" && request.On == "cdn").Should().Be(1);
    }
}
