using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The modules' commands run by somebody else than root, killed, on a cache that is read-only and on a disk that is full.</summary>
public sealed class FaultTests : IClassFixture<TestHubFixture>, IDisposable
{
    // nobody, who has a name, which Nix wants to know, and no rights; and the group games.
    private const string Stranger = "65534";
    private const string Reader = "60";

    private readonly TestHubFixture hub;
    private readonly ModuleRun module;

    // Another user must be able to enter the folder, wherever the checkout is.
    public FaultTests(TestHubFixture hub)
    {
        this.hub = hub;
        module = new ModuleRun(hub, NixVersion.Old, "/var/tmp/nix-ai-models-tests");
    }

    private string Link(string repository, string commit) => Path.Combine(module.Store["cache"], "hub", $"models--{repository.Replace("/", "--", StringComparison.Ordinal)}", "snapshots", commit);

    public void Dispose() => module.Dispose();

    [Fact]
    public async Task An_ordinary_user_activates_a_home_in_a_nix_of_their_own()
    {
        var (model, commit) = await module.Model("acme/user", "hf_users");
        var script = module.HomeActivation($$"""models.tiny = {{model}}; auth.tokenFile = "~/token";""");
        await File.WriteAllTextAsync(Path.Combine(module.Home, "token"), "hf_users", TestContext.Current.CancellationToken);
        await module.As(Stranger);

        foreach (var word in (string[])["1 linked", "1 unchanged"])
        {
            var outcome = await module.Activate(script);
            outcome.ExitCode.Should().Be(0, outcome.Output);
            outcome.Output.Should().Contain(word);
        }

        var file = Path.Combine(module.Home, ".cache/huggingface/hub/models--acme--user/snapshots", commit, "config.json");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Should().Be("{}");
        if (ModuleRun.IsRoot) (await Executable.Run("stat", ["--format", "%u", Path.Combine(module.Home, ".cache/huggingface/hub")])).Output.Trim().Should().Be(Stranger);
    }

    [Fact]
    public async Task A_user_whom_the_daemon_does_not_trust_has_a_gated_model_all_the_same()
    {
        if (!ModuleRun.IsRoot) return;
        var (model, commit) = await module.Model("acme/untrusted", "hf_untrusted");
        var script = module.HomeActivation($$"""models.tiny = {{model}}; auth.tokenFile = "~/token";""");
        await File.WriteAllTextAsync(Path.Combine(module.Home, "token"), "hf_untrusted", TestContext.Current.CancellationToken);
        (await Executable.Run("chown", ["-R", Stranger, module.Home])).ExitCode.Should().Be(0);
        module.Through = ["setpriv", "--reuid", Stranger, "--regid", Stranger, "--clear-groups"];
        using var daemon = module.Store.StartDaemon();
        try
        {
            var outcome = await module.Activate(script);

            outcome.ExitCode.Should().Be(0, outcome.Output);
            File.Exists(Path.Combine(module.Home, ".cache/huggingface/hub/models--acme--untrusted/snapshots", commit, "config.json")).Should().BeTrue();
            (await module.Activate(script)).Output.Should().Contain("1 unchanged");
            module.Store.Nix("nix-collect-garbage");
            File.Exists(Path.Combine(module.Home, ".cache/huggingface/hub/models--acme--untrusted/snapshots", commit, "config.json")).Should().BeTrue("the daemon keeps the user's roots");
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task What_the_service_links_is_read_by_its_group_and_by_nobody_else()
    {
        if (!ModuleRun.IsRoot) return;
        var (model, commit) = await module.Model("acme/group");
        var outcome = await module.Execute(module.ServiceCommand($$"""models.tiny = {{model}}; group = "games";""", group: "games"));
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var file = Path.Combine(Link("acme/group", commit), "config.json");

        (await Executable.Run("setpriv", ["--reuid", Stranger, "--regid", Stranger, "--groups", Reader, "cat", file])).Output.Should().Be("{}");
        (await Executable.Run("setpriv", ["--reuid", Stranger, "--regid", Stranger, "--clear-groups", "cat", file])).ExitCode.Should().NotBe(0);
    }

    [Fact]
    public async Task A_service_that_is_killed_at_any_time_leaves_a_cache_that_works_and_the_next_run_finishes()
    {
        var (first, firstCommit) = await module.Model("acme/killed-first");
        var (second, secondCommit) = await module.Model("acme/killed-second", "hf_killed");
        hub.Repository("acme/killed-first").Gated("hf_killed");
        var command = module.ServiceCommand($$"""models = { first = {{first}}; second = {{second}}; }; auth.tokenFile = "/run/secrets/t";""");
        var credentials = Directory.CreateDirectory(module.Store["credentials"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(credentials, "hf-token"), "hf_killed", TestContext.Current.CancellationToken);

        for (var milliseconds = 5; milliseconds < 800; milliseconds = milliseconds * 3 / 2)
        {
            await module.Execute(["timeout", "--signal", "KILL", $"{milliseconds / 1000.0}", .. command], credentials);
            var hubFolder = Path.Combine(module.Store["cache"], "hub");
            if (!Directory.Exists(hubFolder)) continue;
            var scan = await Executable.Run("node", [Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs"), hubFolder]);
            scan.ExitCode.Should().Be(0, $"killed after {milliseconds} ms: {scan.Errors}");
        }

        var finished = await module.Execute(command, credentials);
        finished.ExitCode.Should().Be(0, finished.Errors);
        File.Exists(Path.Combine(Link("acme/killed-first", firstCommit), "config.json")).Should().BeTrue();
        File.Exists(Path.Combine(Link("acme/killed-second", secondCommit), "config.json")).Should().BeTrue();
        (await module.Execute(command, credentials)).Errors.Should().Contain("2 unchanged");
    }

    [Fact]
    public async Task On_a_cache_that_is_read_only_it_says_so_and_changes_nothing()
    {
        if (!ModuleRun.IsRoot) return;
        var (old, oldCommit) = await module.Model("acme/read-only");
        (await module.Execute(module.ServiceCommand($"models.tiny = {old};"))).ExitCode.Should().Be(0);
        hub.Repository("acme/read-only").File("config.json", "[]");
        var (now, nowCommit) = await module.Model("acme/read-only");
        var command = module.ServiceCommand($"models.tiny = {now};");
        var cache = module.Store["cache"];

        module.Through = ["unshare", "--mount", "sh", "-c", $"mount --bind '{cache}' '{cache}' && mount -o remount,ro,bind '{cache}' && exec \"$@\"", "sh"];
        var refused = await module.Execute(command);

        refused.ExitCode.Should().Be(7, refused.Errors);
        refused.Errors.Should().Contain("the file system is read-only").And.Contain(cache);
        File.Exists(Path.Combine(Link("acme/read-only", oldCommit), "config.json")).Should().BeTrue("what was linked works on");
        module.Through = [];
        (await module.Execute(command)).ExitCode.Should().Be(0);
        File.Exists(Path.Combine(Link("acme/read-only", nowCommit), "config.json")).Should().BeTrue();
    }

    [Fact]
    public async Task On_a_full_disk_it_says_so_and_the_next_run_with_room_finishes()
    {
        if (!ModuleRun.IsRoot) return;
        hub.Repository("acme/full").File("config.json", "{}").Lfs("model.bin", new byte[8_000_000]);
        var (model, commit) = await module.Model("acme/full", "hf_full");
        var command = module.ServiceCommand($$"""models.tiny = {{model}}; auth.tokenFile = "/run/secrets/t";""");
        var credentials = Directory.CreateDirectory(module.Store["credentials"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(credentials, "hf-token"), "hf_full", TestContext.Current.CancellationToken);
        var state = Directory.CreateDirectory(module.Store.State).FullName;

        module.Through = ["unshare", "--mount", "sh", "-c", $"mount -t tmpfs -o size=2m none '{state}' && exec \"$@\"", "sh"];
        var full = await module.Execute(command, credentials);

        full.ExitCode.Should().Be(7, full.Errors);
        full.Errors.Should().MatchRegex("(no room|free|full)").And.Contain(state);
        Path.Exists(Link("acme/full", commit)).Should().BeFalse();
        module.Through = [];
        (await module.Execute(command, credentials)).ExitCode.Should().Be(0);
        File.Exists(Path.Combine(Link("acme/full", commit), "model.bin")).Should().BeTrue();
    }
}
