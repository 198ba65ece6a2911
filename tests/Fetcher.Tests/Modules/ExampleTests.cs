using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The examples in Nix; those of the modules are also cases of <see cref="AnswersTests"/>.</summary>
public sealed class ExampleTests
{
    private static readonly string Examples = Path.Combine(Executable.Root, "examples");

    [Theory]
    [InlineData("production-server")]
    [InlineData("pipeline")]
    [InlineData("container")]
    [InlineData("llama-cpp")]
    public async Task An_example_of_a_server_evaluates_without_failed_assertions(string example)
    {
        var failed = await StandIn.EvaluateAsync(
            $"""
            let
              modules = [ {Examples}/{example}/configuration.nix ];
              inherit (import {StandIn.Folder}/nixos.nix {"{"} inherit modules; {"}"}) config;
              services = builtins.attrValues config.systemd.services;
            in builtins.seq (toString (map (unit: unit.serviceConfig.ExecStart) services))
              (builtins.filter (each: !each.assertion) config.assertions)
            """
        );

        failed.AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData("nixosModules", "ai-models default", "modules/nixos.nix")]
    [InlineData("homeManagerModules", "ai-models default", "modules/home-manager.nix")]
    [InlineData("homeModules", "ai-models default", "modules/home-manager.nix")]
    public async Task The_flake_has_the_modules(string output, string names, string file)
    {
        var modules = await StandIn.EvaluateAsync(
            $"builtins.mapAttrs (_: toString) (import {StandIn.Folder}/flake.nix {{ }}).{output}"
        );

        modules.AsObject().Select(each => each.Key).Should().Equal(names.Split(' '));
        modules.AsObject().Select(each => (string)each.Value!).Should().AllBe(Path.Combine(Executable.Root, file));
    }

    [Fact]
    public async Task A_server_waits_for_its_models_and_a_switch_does_not_wait_for_either()
    {
        var service = await StandIn.NixOSAsync(
            $"import {Examples}/production-server/configuration.nix",
            "config.systemd.services.inference"
        );

        service["wantedBy"]!.ToJsonString().Should().Be("""["ai-models.service"]""");
        ((string)service["environment"]!["HF_HUB_CACHE"]!).Should().Be("/data/models/hub");
        ((string)service["serviceConfig"]!["Group"]!).Should().Be("ai-models");
    }

    [Fact]
    public async Task A_container_gets_the_models_path_as_a_string()
    {
        var mount = await StandIn.NixOSAsync(
            $"import {Examples}/container/configuration.nix",
            "config.containers.inference.bindMounts.\"/models\""
        );

        ((string)mount["hostPath"]!).Should().StartWith("/nix/store/").And.EndWith("-llama");
    }

    [Fact]
    public async Task One_file_is_the_model_of_llama_cpp()
    {
        var model = await StandIn.NixOSAsync(
            $"import {Examples}/llama-cpp/configuration.nix",
            "config.services.llama-cpp.model"
        );

        ((string)model!).Should().EndWith("-gemma-4-E2B-it-BF16.gguf");
    }

    [Fact]
    public async Task A_dev_shell_finds_its_model_by_path_and_by_name()
    {
        var shell = await StandIn.EvaluateAsync(
            $$"""
            let
              lib = import {{StandIn.Folder}}/lib.nix;
              pkgs = import {{StandIn.Folder}}/pkgs.nix { inherit lib; };
              shell = import {{Examples}}/dev-shell/shell.nix { inherit pkgs; };
            in { inherit (shell) MODEL_PATH HF_HUB_CACHE; }
            """
        );

        ((string)shell["HF_HUB_CACHE"]!).Should().Be((string)shell["MODEL_PATH"]! + "/hub");
    }

    [Fact]
    public async Task A_workstation_on_another_system_than_linux_has_no_systemd_options()
    {
        var elsewhere = await StandIn.HomeAsync(
            $"import {Examples}/workstation/home.nix",
            "config.systemd.user.sessionVariables",
            "isLinux = false; home = \"/Users/u\";"
        );
        var activation = await StandIn.HomeAsync(
            """{ programs.ai-models = { enable = true; sessionVariables.X = "1"; }; }""",
            "config.home",
            "isLinux = false; home = \"/Users/u\";"
        );

        elsewhere.AsObject().Should().BeEmpty();
        ((string)activation["activation"]!["aiModels"]!["data"]!)
            .Should()
            .Contain("/Users/u/.local/state/home-manager/activation.log");
        activation["sessionVariables"]!.ToJsonString().Should().Be("""{"X":"1"}""");
        activation["packages"]!.AsArray().Should().BeEmpty();
        activation["file"]!.AsObject().Should().BeEmpty();
    }
}
