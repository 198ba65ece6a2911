using System.Text;
using System.Text.Json.Nodes;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The units of the NixOS module, checked by systemd.</summary>
public sealed class UnitTests : IDisposable
{
    private const string Hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    private readonly string _folder = Directory.CreateTempSubdirectory("units-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "ai-models")]
    [InlineData("auth.tokenFile = \"/run/secrets/hf-token\";", "ai-models ai-models-changed")]
    public async Task Systemd_accepts_the_units_without_a_warning(string configuration, string units)
    {
        var services = (await ServicesAsync(configuration)).AsObject();
        services.Select(each => each.Key).Should().BeEquivalentTo(units.Split(' '));
        foreach (var (name, service) in services)
        {
            await File.WriteAllTextAsync(
                Path.Combine(_folder, $"{name}.service"),
                UnitFile(service!),
                TestContext.Current.CancellationToken
            );
        }

        var outcome = await Executable.RunAsync(
            "systemd-analyze",
            ["verify", "--man=no", "--recursive-errors=no", .. Directory.GetFiles(_folder)]
        );

        // Two settings are younger (254) than the oldest systemd that runs this test; older ones only ignore them.
        var complaints = outcome
            .Errors.Split('\n')
            .Where(line =>
                line.Contains(_folder) && !line.Contains("'RestartSteps'") && !line.Contains("'RestartMaxDelaySec'")
            );
        complaints.Should().BeEmpty();
    }

    [Fact]
    public async Task Models_of_the_system_need_no_network()
    {
        var unit = (await ServicesAsync(""))["ai-models"]!;

        Words(unit["after"]).Should().NotContain("network-online.target");
        Words(unit["wants"]).Should().NotContain("network-online.target");
        unit["serviceConfig"]!["PrivateNetwork"]!.GetValue<bool>().Should().BeTrue();
        unit["stopIfChanged"]!
            .GetValue<bool>()
            .Should()
            .BeFalse("it runs before the services that a switch starts again");
    }

    [Fact]
    public async Task Models_that_are_fetched_later_delay_neither_the_boot_nor_a_switch()
    {
        var services = await ServicesAsync("auth.tokenFile = \"/run/secrets/100%\";");
        var (unit, changed) = (services["ai-models"]!, services["ai-models-changed"]!);

        Words(unit["wantedBy"]).Should().Equal("multi-user.target");
        unit["unitConfig"]!["DefaultDependencies"]!
            .GetValue<bool>()
            .Should()
            .BeFalse("a target waits for a service with default dependencies");
        Words(unit["after"]).Should().Contain("sysinit.target", "basic.target", "network-online.target");
        unit["restartIfChanged"]!.GetValue<bool>().Should().BeFalse("a switch waits for what it restarts");
        ((string)unit["serviceConfig"]!["TimeoutStartSec"]!).Should().Be("infinity");
        Words(unit["serviceConfig"]!["LoadCredential"]).Should().Equal("hf-token:/run/secrets/100%%");

        changed["reloadIfChanged"]!.GetValue<bool>().Should().BeTrue();
        foreach (var verb in (string[])["ExecStart", "ExecReload"])
        {
            ((string)changed["serviceConfig"]![verb]!)
                .Should()
                .EndWith(
                    "/bin/systemctl restart --no-block ai-models.service",
                    "a switch starts the unit where it is new, and reloads it where it is not"
                );
        }

        Words(changed["before"]).Should().Equal(["ai-models.service"], "at boot the restart becomes its start");
        Words(changed["reloadTriggers"]).Should().Equal((string)unit["serviceConfig"]!["ExecStart"]!);
    }

    [Theory]
    [InlineData("/var/cache/huggingface/hub", true)]
    [InlineData("/home/me/.cache/huggingface/hub", false)]
    [InlineData("/homework/models", true)]
    [InlineData("//homework//models/", true)]
    public async Task The_service_writes_to_the_cache_wherever_it_is(string cacheDir, bool protectsHome)
    {
        var settings = (await ServicesAsync($"integration.huggingface.cacheDir = \"{cacheDir}\";"))["ai-models"]![
            "serviceConfig"
        ]!;

        Words(settings["ReadWritePaths"])
            .Should()
            .Equal(
                "/" + string.Join('/', Path.GetFullPath(cacheDir).Split('/', StringSplitOptions.RemoveEmptyEntries))
            );
        ((string)settings["ExecStartPre"]!)
            .Should()
            .StartWith("+", "a former cache cannot be written from its sandbox")
            .And.EndWith(" --former-caches");
        settings["ProtectHome"]!.GetValue<bool>().Should().Be(protectsHome);
    }

    [Fact]
    public async Task Systemd_tmpfiles_creates_the_folder_and_leaves_an_existing_one()
    {
        var line = await StandIn.NixOSAsync(
            "{ services.ai-models.enable = true; }",
            "config.systemd.tmpfiles.settings.\"10-ai-models\""
        );
        var (path, rule) = line.AsObject().Select(each => (each.Key, each.Value!["d"]!)).Single();
        var rules = Path.Combine(_folder, "rules.conf");
        await File.WriteAllTextAsync(
            rules,
            $"d {path} {rule["mode"]} {rule["user"]} :root - -\n",
            TestContext.Current.CancellationToken
        );
        var cache = _folder + path;

        await Executable.RunAsync("systemd-tmpfiles", ["--create", $"--root={_folder}", rules]);
        File.GetUnixFileMode(cache).Should().Be((UnixFileMode)Convert.ToInt32("750", 8));

        File.SetUnixFileMode(cache, (UnixFileMode)Convert.ToInt32("755", 8));
        await Executable.RunAsync("systemd-tmpfiles", ["--create", $"--root={_folder}", rules]);
        File.GetUnixFileMode(cache).Should().Be((UnixFileMode)Convert.ToInt32("755", 8));
    }

    [Fact]
    public async Task A_disabled_module_has_but_a_unit_that_removes_what_an_enabled_one_left()
    {
        var services = (await StandIn.NixOSAsync("{ }", "config.systemd.services")).AsObject();

        var (name, unit) = services.Single();
        name.Should().Be("ai-models-removed");
        ((string)unit!["unitConfig"]!["ConditionPathExists"]!).Should().Be("/var/lib/ai-models/package");
        ((string)unit["serviceConfig"]!["ExecStart"]!)
            .Should()
            .Be("/var/lib/ai-models/package/bin/nix-ai-models unsync --state-dir /var/lib/ai-models");
    }

    private static Task<JsonNode> ServicesAsync(string configuration) =>
        StandIn.NixOSAsync(
            $$"""
            {
              services.ai-models = {
                enable = true; models.x = { source.huggingface.repo = "a/b"; hash = "{{Hash}}"; }; {{configuration}}
              };
            }
            """,
            "config.systemd.services"
        );

    private static IEnumerable<string> Words(JsonNode? list) => list!.AsArray().Select(each => (string)each!);

    /// <summary>A unit's file as NixOS writes it, with the programs of the store replaced by one that
    /// exists.</summary>
    private static string UnitFile(JsonNode service)
    {
        var text = new StringBuilder("[Unit]\n");
        foreach (var name in (string[])["After", "Before", "Wants", "Requires", "Conflicts"])
        {
            var units = Words(service[name.ToLowerInvariant()]);
            if (units.Any())
                text.Append(name).Append('=').AppendJoin(' ', units).Append('\n');
        }

        Settings(text, service["unitConfig"]!);
        text.Append("[Service]\n");
        foreach (var (name, value) in service["environment"]!.AsObject())
            text.Append($"Environment=\"{name}={value}\"\n");
        Settings(text, service["serviceConfig"]!);
        return text.Append("[Install]\nWantedBy=multi-user.target\n").ToString();
    }

    private static void Settings(StringBuilder text, JsonNode settings)
    {
        foreach (var (name, value) in settings.AsObject())
        {
            foreach (var each in value is JsonArray list ? list : [value!.DeepClone()])
            {
                var written = name.StartsWith("Exec", StringComparison.Ordinal) ? "/bin/true" : each!.ToString();
                text.Append(name).Append('=').Append(written).Append('\n');
            }
        }
    }
}
