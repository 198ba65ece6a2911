using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Modules;

/// <summary>The examples in Nix; those of the modules are also cases of <see cref="AnswersTests"/>.</summary>
public sealed class ExampleTests
{
    private const string Hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
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
    [InlineData("nixosModules", "modules/nixos.nix")]
    [InlineData("homeManagerModules", "modules/home-manager.nix")]
    [InlineData("homeModules", "modules/home-manager.nix")]
    [InlineData("devenvModules", "modules/devenv.nix")]
    public async Task The_flake_has_the_modules(string output, string file)
    {
        var modules = await StandIn.EvaluateAsync(
            $"builtins.mapAttrs (_: each: toString (builtins.head each.imports)) "
                + $"(import {StandIn.Folder}/flake.nix {{ }}).{output}"
        );

        modules.AsObject().Select(each => each.Key).Should().Equal("ai-models", "default");
        modules.AsObject().Select(each => (string)each.Value!).Should().AllBe(Path.Combine(Executable.Root, file));
    }

    [Theory]
    [InlineData("nixos.nix", "nixosModules", "services")]
    [InlineData("home-manager.nix", "homeModules", "programs")]
    public async Task Packages_without_the_SDK_get_the_flakes_own_executable(string system, string modules, string set)
    {
        var answer = await StandIn.EvaluateAsync(
            $$"""
            let
              lib = import {{StandIn.Folder}}/lib.nix;
              newer = import {{StandIn.Folder}}/pkgs.nix { inherit lib; };
              older = removeAttrs newer [ "nix-ai-models" ] // {
                callPackage = _: _: throw "attribute 'sdk_10_0' missing";
              };
              flake = import {{StandIn.Folder}}/flake.nix newer;
              inherit
                (import {{StandIn.Folder}}/{{system}} {
                  inherit lib;
                  pkgs = older;
                  nix-ai-models = flake;
                  modules = [ flake.{{modules}}.default { {{set}}.ai-models.enable = true; } ];
                })
                config
                ;
              own = flake.packages.${builtins.currentSystem}.default.outPath;
              final = older // flake.overlays.default final older;
            in {
              module = config.{{set}}.ai-models.package.outPath == own;
              overlay = final.nix-ai-models.outPath == own;
              missing = builtins.filter (name: !(final ? ${name})) (
                builtins.attrNames (removeAttrs flake.lib [ "instantiate" "validation" ])
              );
              same = map (of: (of { repo = "gpt2"; hash = "{{Hash}}"; }).outPath) [
                (flake.lib.fetchHuggingFace older)
                final.fetchHuggingFace
              ];
            }
            """
        );

        answer["module"]!.GetValue<bool>().Should().BeTrue();
        answer["overlay"]!.GetValue<bool>().Should().BeTrue();
        answer["missing"]!.AsArray().Should().BeEmpty();
        answer["same"]!.AsArray().Select(path => (string)path!).Distinct().Should().ContainSingle();
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
            in { inherit (shell) AI_MODEL_LLAMA HF_HUB_CACHE HF_HUB_OFFLINE; }
            """
        );

        ((string)shell["AI_MODEL_LLAMA"]!).Should().EndWith("-llama");
        ((string)shell["HF_HUB_CACHE"]!).Should().EndWith("-hf-cache");
        ((string)shell["HF_HUB_OFFLINE"]!).Should().Be("1");
    }

    [Fact]
    public async Task An_image_has_its_model_by_path_and_by_name()
    {
        var image = await StandIn.EvaluateAsync(
            $$"""
            let
              lib = import {{StandIn.Folder}}/lib.nix;
              pkgs = import {{StandIn.Folder}}/pkgs.nix { inherit lib; };
              image = import {{Examples}}/oci-image { inherit pkgs; };
            in { inherit (image) environment imageName tag; }
            """
        );

        ((string)image["imageName"]!).Should().Be("llama");
        ((string)image["environment"]!["AI_MODEL_LLAMA"]!).Should().Be("/models/llama");
        ((string)image["environment"]!["HF_HUB_CACHE"]!).Should().Be("/models/hub");
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
