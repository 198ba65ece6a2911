using NixAiModels.Tests.Cache;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The modules' commands as an ordinary user, killed, on a read-only cache and on a full disk.</summary>
public sealed class FaultTests : IClassFixture<TestHubFixture>, IDisposable
{
    // nobody has a name, which Nix needs, and no rights; the group is games.
    private const string Stranger = "65534";
    private const string Reader = "60";

    private readonly TestHubFixture _hub;
    private readonly ModuleRun _module;

    public FaultTests(TestHubFixture hub)
    {
        _hub = hub;
        _module = new ModuleRun(hub, NixVersion.Old, PrivateStore.Shared);
    }

    private string Link(string repository, string commit) =>
        Path.Combine(
            _module.Store["cache"],
            "hub",
            $"models--{repository.Replace("/", "--", StringComparison.Ordinal)}",
            "snapshots",
            commit
        );

    public void Dispose() => _module.Dispose();

    [Fact]
    public async Task An_ordinary_user_activates_a_home_with_a_single_user_Nix()
    {
        var (model, commit) = await _module.ModelAsync("acme/user", "hf_users");
        var script = _module.HomeActivation($$"""models.tiny = {{model}}; {{Token("~/token")}}""");
        await File.WriteAllTextAsync(
            Path.Combine(_module.Home, "token"),
            "hf_users",
            TestContext.Current.CancellationToken
        );
        await _module.AsAsync(Stranger);

        foreach (var word in (string[])["1 linked", "1 unchanged"])
        {
            var outcome = await _module.ActivateAsync(script);
            outcome.ExitCode.Should().Be(0, outcome.Output);
            outcome.Output.Should().Contain(word);
        }

        var file = Path.Combine(
            _module.Home,
            ".cache/huggingface/hub/models--acme--user/snapshots",
            commit,
            "config.json"
        );
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Should().Be("{}");
        if (ModuleRun.IsRoot)
        {
            (
                await Executable.RunAsync(
                    "stat",
                    ["--format", "%u", Path.Combine(_module.Home, ".cache/huggingface/hub")]
                )
            )
                .Output.Trim()
                .Should()
                .Be(Stranger);
        }
    }

    [Fact]
    public async Task A_user_whom_the_daemon_does_not_trust_can_fetch_a_gated_model()
    {
        if (!ModuleRun.IsRoot)
            return;
        var (model, commit) = await _module.ModelAsync("acme/untrusted", "hf_untrusted");
        var script = _module.HomeActivation($$"""models.tiny = {{model}}; {{Token("~/token")}}""");
        await File.WriteAllTextAsync(
            Path.Combine(_module.Home, "token"),
            "hf_untrusted",
            TestContext.Current.CancellationToken
        );
        (await Executable.RunAsync("chown", ["-R", Stranger, _module.Home])).ExitCode.Should().Be(0);
        _module.Through = ["setpriv", "--reuid", Stranger, "--regid", Stranger, "--clear-groups"];
        using var daemon = _module.Store.StartDaemon();
        try
        {
            var outcome = await _module.ActivateAsync(script);

            outcome.ExitCode.Should().Be(0, outcome.Output);
            File.Exists(
                    Path.Combine(
                        _module.Home,
                        ".cache/huggingface/hub/models--acme--untrusted/snapshots",
                        commit,
                        "config.json"
                    )
                )
                .Should()
                .BeTrue();
            (await _module.ActivateAsync(script)).Output.Should().Contain("1 unchanged");
            _module.Store.Nix("nix-collect-garbage");
            File.Exists(
                    Path.Combine(
                        _module.Home,
                        ".cache/huggingface/hub/models--acme--untrusted/snapshots",
                        commit,
                        "config.json"
                    )
                )
                .Should()
                .BeTrue("the daemon keeps the user's roots");
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task The_cache_is_readable_for_the_group_of_the_service_only()
    {
        if (!ModuleRun.IsRoot)
            return;
        var (model, commit) = await _module.ModelAsync("acme/group");
        var outcome = await _module.ExecuteAsync(
            _module.ServiceCommand($$"""models.tiny = {{model}}; group = "games";""", group: "games")
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var file = Path.Combine(Link("acme/group", commit), "config.json");

        (
            await Executable.RunAsync(
                "setpriv",
                ["--reuid", Stranger, "--regid", Stranger, "--groups", Reader, "cat", file]
            )
        )
            .Output.Should()
            .Be("{}");
        (
            await Executable.RunAsync(
                "setpriv",
                ["--reuid", Stranger, "--regid", Stranger, "--clear-groups", "cat", file]
            )
        )
            .ExitCode.Should()
            .NotBe(0);
    }

    [Fact]
    public async Task A_service_that_is_killed_at_any_time_leaves_a_working_cache_and_the_next_run_finishes()
    {
        var (first, firstCommit) = await _module.ModelAsync("acme/killed-first");
        var (second, secondCommit) = await _module.ModelAsync("acme/killed-second", "hf_killed");
        _hub.Repository("acme/killed-first").Gated("hf_killed");
        var command = _module.ServiceCommand(
            $$"""models = { first = {{first}}; second = {{second}}; }; {{Token("/run/secrets/t")}}"""
        );
        var credentials = Directory.CreateDirectory(_module.Store["credentials"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(credentials, "hf-token"),
            "hf_killed",
            TestContext.Current.CancellationToken
        );

        for (var milliseconds = 5; milliseconds < 800; milliseconds = milliseconds * 3 / 2)
        {
            await _module.ExecuteAsync(
                ["timeout", "--signal", "KILL", $"{milliseconds / 1000.0}", .. command],
                credentials
            );
            var hubFolder = Path.Combine(_module.Store["cache"], "hub");
            if (!Directory.Exists(hubFolder))
                continue;
            var scan = await Executable.RunAsync(
                "node",
                [Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs"), hubFolder]
            );
            scan.ExitCode.Should().Be(0, $"killed after {milliseconds} ms: {scan.Errors}");
        }

        var finished = await _module.ExecuteAsync(command, credentials);
        finished.ExitCode.Should().Be(0, finished.Errors);
        File.Exists(Path.Combine(Link("acme/killed-first", firstCommit), "config.json")).Should().BeTrue();
        File.Exists(Path.Combine(Link("acme/killed-second", secondCommit), "config.json")).Should().BeTrue();
        (await _module.ExecuteAsync(command, credentials)).Errors.Should().Contain("2 unchanged");
    }

    [Fact]
    public async Task A_read_only_cache_is_an_error_and_stays_as_it_is()
    {
        if (!ModuleRun.IsRoot)
            return;
        var (old, oldCommit) = await _module.ModelAsync("acme/read-only");
        (await _module.ExecuteAsync(_module.ServiceCommand($"models.tiny = {old};"))).ExitCode.Should().Be(0);
        _hub.Repository("acme/read-only").File("config.json", "[]");
        var (now, nowCommit) = await _module.ModelAsync("acme/read-only");
        var command = _module.ServiceCommand($"models.tiny = {now};");
        var cache = _module.Store["cache"];

        _module.Through =
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            $"mount --bind '{cache}' '{cache}' && mount -o remount,ro,bind '{cache}' && exec \"$@\"",
            "sh",
        ];
        var refused = await _module.ExecuteAsync(command);

        refused.ExitCode.Should().Be(7, refused.Errors);
        refused.Errors.Should().Contain("the file system is read-only").And.Contain(cache);
        File.Exists(Path.Combine(Link("acme/read-only", oldCommit), "config.json"))
            .Should()
            .BeTrue("what was linked works on");
        _module.Through = [];
        (await _module.ExecuteAsync(command)).ExitCode.Should().Be(0);
        File.Exists(Path.Combine(Link("acme/read-only", nowCommit), "config.json")).Should().BeTrue();
    }

    [Fact]
    public async Task A_full_disk_is_an_error_and_the_next_run_with_room_finishes()
    {
        if (!ModuleRun.IsRoot)
            return;
        _hub.Repository("acme/full").File("config.json", "{}").Lfs("model.bin", new byte[8_000_000]);
        var (model, commit) = await _module.ModelAsync("acme/full", "hf_full");
        var command = _module.ServiceCommand($$"""models.tiny = {{model}}; {{Token("/run/secrets/t")}}""");
        var credentials = Directory.CreateDirectory(_module.Store["credentials"]).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(credentials, "hf-token"),
            "hf_full",
            TestContext.Current.CancellationToken
        );
        var state = Directory.CreateDirectory(_module.Store.State).FullName;

        _module.Through =
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            $"mount -t tmpfs -o size=2m none '{state}' && exec \"$@\"",
            "sh",
        ];
        var full = await _module.ExecuteAsync(command, credentials);

        full.ExitCode.Should().Be(7, full.Errors);
        full.Errors.Should().MatchRegex("(no room|free|full)").And.Contain(state);
        Path.Exists(Link("acme/full", commit)).Should().BeFalse();
        _module.Through = [];
        (await _module.ExecuteAsync(command, credentials)).ExitCode.Should().Be(0);
        File.Exists(Path.Combine(Link("acme/full", commit), "model.bin")).Should().BeTrue();
    }

    /// <summary>The option that names a token, and the hub that may get it.</summary>
    private string Token(string file) =>
        $$"""auth = { tokenFile = "{{file}}"; endpoints = [ "{{_hub.Endpoint}}" ]; };""";
}
