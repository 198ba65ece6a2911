namespace NixAiModels.Tests.Booted;

/// <summary>Every way from one NixOS configuration to another.</summary>
[Collection(nameof(Machine))]
public sealed class LifeTests(Machine machine) : BootedTest(machine)
{
    private const string Data = "/srv/models";

    [Fact(Explicit = true)]
    public async Task A_token_that_is_added_to_a_running_module_fetches_its_models_and_a_switch_does_not_wait()
    {
        var (open, gated) = (await ModelAsync("acme/open"), await ModelAsync("acme/gated", Token));
        var without = await NixOS.SwitchToAsync(Without($"models.open = {open.Definition()};"));
        (await FoundAsync()).Should().Equal($"{open}");

        await NixOS.SwitchToAsync(
            WithToken($"models = {{ open = {open.Definition()}; gated = {gated.Definition()}; }};")
        );
        await LinkedAsync(gated);
        (await FoundAsync()).Should().Equal($"{gated}", $"{open}");

        (await NixOS.SwitchAsync(without)).Should().BeEmpty(NixOS.Said);
        (await FoundAsync()).Should().Equal($"{open}");
    }

    [Fact(Explicit = true)]
    public async Task Models_that_are_fetched_later_are_added_changed_removed_and_rolled_back()
    {
        var old = await ModelAsync("acme/later", Token);
        var first = await NixOS.SwitchToAsync(WithToken($"models.later = {old.Definition()};"));
        await LinkedAsync(old);
        Machine.Hub.Repository("acme/later").CopyTo("v1");
        var now = await ModelAsync("acme/later", Token, text: """{ "new": true }""");
        var other = await ModelAsync("acme/other", Token);

        await NixOS.SwitchToAsync(
            WithToken($"models = {{ later = {now.Definition()}; other = {other.Definition()}; }};")
        );
        await LinkedAsync(other);
        (await FoundAsync()).Should().Equal($"{now}", $"{other}");
        await Machine.DoAsync("nix-collect-garbage");
        (await FoundAsync()).Should().Equal($"{now}", $"{other}");

        await NixOS.SwitchAsync(first);
        await LinkedAsync(old);
        (await FoundAsync()).Should().Equal($"{old}");

        await NixOS.SwitchToAsync(WithToken("models = { };"));
        await Machine.UntilAsync($"[ ! -e {old.In(Cache)} ]");
        (await FoundAsync()).Should().BeEmpty();
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_cache_and_none_leave_nothing_in_the_former_one_and_no_service_that_fails(bool later)
    {
        var model = await ModelAsync("acme/moved", later ? Token : null);
        string Module(string options) =>
            later
                ? WithToken($"models.moved = {model.Definition()}; {options}")
                : Without($"models.moved = {model.Definition()}; {options}");
        await NixOS.SwitchToAsync(Module(""));
        await LinkedAsync(model);

        await NixOS.SwitchToAsync(Module($"integration.huggingface.cacheDir = \"{Data}/\";"));
        await LinkedAsync(model, $"{Data}/hub");
        (await FoundAsync($"{Data}/hub")).Should().Equal($"{model}");
        (await FilesAsync(Cache)).Should().BeEmpty();
        (await Machine.DoAsync("journalctl --no-pager")).Should().NotContain("//hub");

        await NixOS.SwitchToAsync(Module("integration.huggingface.enable = false;"));
        await Machine.UntilAsync($"[ ! -e {model.In($"{Data}/hub")} ]");
        (await FoundAsync()).Should().BeEmpty();
        await Machine.DoAsync("nix-collect-garbage");

        await NixOS.SwitchToAsync(Module("group = \"others\";"));
        await LinkedAsync(model);
        (await Machine.DoAsync($"stat --format %G {Cache}/models--acme--moved")).Should().Be("others");
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disabled_module_leaves_nothing_whether_switched_or_booted(bool booted)
    {
        var model = await ModelAsync("acme/disabled", Token);
        var enabled = await NixOS.SwitchToAsync(WithToken($"models.disabled = {model.Definition()};"));
        await LinkedAsync(model);
        var store = await Machine.DoAsync($"readlink {model.In(Cache)}");

        var disabled = await NixOS.BuildAsync("{ }");
        if (booted)
            await NixOS.BootAsync(disabled);
        else
            (await NixOS.SwitchAsync(disabled)).Should().BeEmpty(NixOS.Said);

        await Machine.UntilAsync("[ ! -e /var/lib/ai-models ]");
        (await Machine.DoAsync($"ls -A {Cache}")).Should().BeEmpty();
        await Machine.DoAsync($"nix-collect-garbage; [ ! -e {store} ]");
        (await NixOS.SwitchAsync(enabled)).Should().BeEmpty(NixOS.Said);
        await LinkedAsync(model);
    }

    [Fact(Explicit = true)]
    public async Task A_boot_does_not_wait_for_a_download_and_the_services_of_the_models_start_after_it()
    {
        var model = await ModelAsync("acme/boot", Token);
        await Machine.Hub.FaultAsync(
            new
            {
                kind = "status",
                status = 503,
                repo = "acme/boot",
                times = 3,
            }
        );
        var module = WithToken($"models.boot = {model.Definition()};");
        await NixOS.BootAsync(await NixOS.BuildAsync(AndAConsumer(module)));
        (await Machine.DoAsync("systemctl is-active multi-user.target")).Should().Be("active");

        await LinkedAsync(model, seconds: 60);
        await Machine.UntilAsync("systemctl is-active consumer.service");
        (await Machine.DoAsync("journalctl --no-pager --unit consumer")).Should().Contain("{}");

        await Machine.RebootAsync();
        await Machine.UntilAsync("systemctl is-active consumer.service");
        (await FoundAsync()).Should().Equal($"{model}");
        // As a container does, it binds the model's path.
        string AndAConsumer(string ours) =>
            $$"""
                { config, ... }: {
                  imports = [ ({{ours}}) ];
                  systemd.services.consumer = {
                    wantedBy = [ "ai-models.service" ];
                    after = [ "ai-models.service" ];
                    unitConfig.ConditionPathExists = config.services.ai-models.modelPaths.boot;
                    environment = config.services.ai-models.environment;
                    serviceConfig = {
                      Type = "oneshot"; RemainAfterExit = true; DynamicUser = true;
                      Group = config.services.ai-models.group;
                      BindReadOnlyPaths = "${config.services.ai-models.modelPaths.boot}:/model";
                      ExecStart = "/bin/sh -c 'cat /model/config.json $HF_HUB_CACHE/*/snapshots/*/config.json'";
                    };
                  };
                }
                """;
    }

    [Fact(Explicit = true)]
    public async Task A_token_that_comes_late_or_is_replaced_is_picked_up()
    {
        var model = await ModelAsync("acme/late", Token);
        await Machine.DoAsync($"rm {TokenFile}");
        await NixOS.SwitchAsync(await NixOS.BuildAsync(WithToken($"models.late = {model.Definition()};")));
        await Machine.UntilAsync(
            "systemctl show --property Result ai-models.service | grep -F exec-condition || "
                + "journalctl --no-pager --unit ai-models | grep -F CREDENTIALS"
        );

        await Machine.WriteAsync(TokenFile, "hf_isNotTheRightOne");
        await Machine.DoAsync("systemctl restart --no-block ai-models.service");
        await Machine.UntilAsync("journalctl --no-pager --unit ai-models | grep -F 'late: exit code 4'");
        (await Machine.DoAsync("journalctl --no-pager --unit ai-models"))
            .Should()
            .Contain($"the token from {TokenFile} (auth.tokenFile)");

        await Machine.WriteAsync(TokenFile, Token);
        await LinkedAsync(model);
    }

    [Fact(Explicit = true)]
    public async Task A_captive_portal_is_a_failure_that_the_service_retries()
    {
        var model = await ModelAsync("acme/portal", Token);
        await Machine.Hub.FaultAsync(
            new
            {
                kind = "pointer",
                repo = "acme/portal",
                path = "*.bin",
            }
        );
        await NixOS.SwitchAsync(await NixOS.BuildAsync(WithToken($"models.portal = {model.Definition()};")));
        await Machine.UntilAsync("journalctl --no-pager --unit ai-models | grep -F 'portal: exit code 5'", seconds: 60);

        await Machine.Hub.ClearFaultsAsync();
        await LinkedAsync(model);
    }

    [Fact(Explicit = true)]
    public async Task Another_version_of_the_package_takes_over_the_links_and_keeps_itself_for_the_end()
    {
        var model = await ModelAsync("acme/version", Token);
        await NixOS.SwitchToAsync(WithToken($"models.version = {model.Definition()};"));
        await LinkedAsync(model);
        var module = WithToken($"models.version = {model.Definition()}; package = pkgs.nix-ai-models-next;");

        await NixOS.SwitchToAsync($"{{ pkgs, ... }}: {module}");

        await Machine.UntilAsync("readlink /var/lib/ai-models/package | grep next");
        (await FoundAsync()).Should().Equal($"{model}");
    }
}
