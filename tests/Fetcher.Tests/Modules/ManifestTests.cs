using System.Text.Json.Nodes;

namespace NixAiModels.Tests.Modules;

/// <summary>The manifest: all that <c>nix-ai-models sync</c> knows about a configuration.</summary>
public sealed class ManifestTests
{
    private const string Hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private const string OtherHash = "sha256-57DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private const string Commit = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
    private const string StoreName = $"hf+acme+part+{Commit}=2c74ea3518fc97b6c31a74efdd0db1a9";

    private const string Models = $$"""
        models = {
          whole = { source.huggingface.repo = "acme/whole"; hash = "{{Hash}}"; };
          part = {
            source.huggingface = { repo = "acme/part"; rev = "{{Commit}}"; ref = "v1.0"; files = [ "config.json" ]; };
            hash = "{{Hash}}"; network.connections = 2;
          };
        };
        """;

    // models.nix on its own: the manifest is a derivation here, with its text as an attribute.
    private static string Manifest(string configuration, string asked = "text") =>
        $$"""
            let
              lib = import {{StandIn.Folder}}/lib.nix;
              pkgs = import {{StandIn.Folder}}/pkgs.nix { inherit lib; };
              system = import {{StandIn.Folder}}/nixos.nix {
                modules = [ { services.ai-models = { enable = true; {{configuration}} }; } ];
              };
              computed = import {{Published.Executable.Root}}/modules/models.nix {
                inherit lib pkgs;
                cfg = system.config.services.ai-models;
                manifest.group = "ai-models";
              };
              inherit (computed.manifest) text;
            in
            {{asked}}
            """;

    [Fact]
    public async Task A_manifest_has_the_files_their_places_and_how_to_fetch_them()
    {
        var manifest = JsonNode.Parse((string)(await StandIn.EvaluateAsync(Manifest(Models)))!)!;

        ((int)manifest["version"]!).Should().Be(1);
        ((string)manifest["cacheDir"]!).Should().Be("/var/cache/huggingface/hub");
        var (part, whole) = (manifest["models"]![0]!, manifest["models"]![1]!);
        JsonNode
            .Parse(StandIn.WithoutDigests(part.ToJsonString()))!
            .ToJsonString()
            .Should()
            .Be(
                JsonNode
                    .Parse(
                        $$"""
                        {
                          "drv": null, "locked": null, "name": "part", "out": "/nix/store/…-part", "partial": true,
                          "pinned": true,
                          "raw": "/nix/store/…-{{StoreName}}",
                          "refs": ["main", "v1.0"], "repo": "acme/part", "repoType": "model",
                          "report": "/nix/store/…-part-report", "rev": "{{Commit}}",
                          "source": { "connections": 2, "files": ["config.json"],
                                      "name": "{{StoreName}}", "outputHash": "{{Hash}}",
                                      "repo": "acme/part", "repoType": "model", "rev": "{{Commit}}" }
                        }
                        """
                    )!
                    .ToJsonString()
            );
        ((bool)whole["partial"]!).Should().BeFalse();
        ((bool)whole["pinned"]!).Should().BeFalse();
        ((string)whole["rev"]!)
            .Should()
            .Be("e3b0c44298fc1c149afbf4c8996fb92427ae41e4", "it is made from the hash where no commit is known");
        whole["refs"]!.ToJsonString().Should().Be("""["main"]""");
    }

    [Fact]
    public async Task With_fetch_build_the_models_are_in_the_closure_of_the_system()
    {
        var context = await ContextAsync("fetch = \"build\";");

        context
            .Should()
            .HaveCount(4, "there are two models and their snapshots")
            .And.OnlyContain(each => each.Value!["outputs"] != null);
    }

    [Fact]
    public async Task With_fetch_activation_only_their_derivations_are()
    {
        var context = await ContextAsync("fetch = \"activation\";");

        context
            .Should()
            .OnlyContain(each =>
                each.Key.EndsWith(".drv")
                && each.Value!["path"] != null
                && each.Value["outputs"] == null
                && each.Value["allOutputs"] == null
            );
        (
            await StandIn.EvaluateAsync(
                Manifest(
                    Models + "fetch = \"activation\";",
                    "builtins.any builtins.hasContext (builtins.attrValues system.config.services.ai-models.modelPaths)"
                )
            )
        )
            .GetValue<bool>()
            .Should()
            .BeFalse("a service that names a model's path must not build it either");
    }

    [Theory]
    [InlineData("", "build")]
    [InlineData("auth.tokenFile = \"/run/secrets/hf-token\";", "activation")]
    [InlineData("auth.tokenFile = \"/run/secrets/hf-token\"; fetch = \"build\";", "build")]
    public async Task A_token_makes_activation_the_default_of_fetch(string configuration, string fetch)
    {
        var value = await StandIn.EvaluateAsync(
            Manifest(Models + configuration, "system.config.services.ai-models.fetch")
        );

        ((string)value!).Should().Be(fetch);
    }

    [Fact]
    public async Task Of_two_revisions_one_has_main_by_its_ref()
    {
        var manifest = JsonNode.Parse(
            (string)
                (
                    await StandIn.EvaluateAsync(
                        Manifest(
                            $$"""
                            models = {
                              new = { source.huggingface = { repo = "a/b"; rev = "{{Commit}}"; }; hash = "{{Hash}}"; };
                              old = {
                                source.huggingface = {
                                  repo = "a/b"; rev = "0123456789abcdef0123456789abcdef01234567"; ref = "v1.0";
                                };
                                hash = "{{OtherHash}}";
                              };
                            };
                            """
                        )
                    )
                )!
        )!;

        manifest["models"]!
            .AsArray()
            .Select(each => each!["refs"]!.ToJsonString())
            .Should()
            .Equal("""["main"]""", """["v1.0"]""");
    }

    [Theory]
    [InlineData("validation = { preset = \"strict\"; };", "validation.preset = \"minimal\";", "minimal")]
    [InlineData(
        "validation = { preset = \"strict\"; };",
        "validation.disable = [ \"license\" ];",
        "strict without license"
    )]
    [InlineData(
        "validation.validators = [ (validators.maxSize \"50G\") ];",
        "validation.validators = [ validators.noPythonCode ];",
        "standard, maxSize, noPythonCode"
    )]
    [InlineData("validation = presets.none;", "", "none")]
    [InlineData("validation = presets.none;", "validation = presets.minimal;", "minimal")]
    public async Task The_validation_of_a_model_overrides_the_general_one(string general, string own, string meaning)
    {
        var plan = (
            await StandIn.EvaluateAsync(
                $$"""
                let
                  nixlib = import {{Published.Executable.Root}}/nixlib {
                    fetcher.command = [ "/x" ]; system = "x86_64-linux";
                  };
                in
                with nixlib.validation;
                {{Manifest(
                    $$"""
                    {{general}}
                    models.m = {
                      source.huggingface = { repo = "a/b"; rev = "{{Commit}}"; }; hash = "{{Hash}}"; {{own}}
                    };
                    """,
                    "computed.models.m.drvAttrs.validation"
                )}}
                """
            )
        )!.AsObject();

        var names = plan["validators"]!.AsArray().Select(each => (string)each!["name"]!).ToList();
        switch (meaning)
        {
            case "none":
                ((bool)plan["enable"]!).Should().BeFalse();
                break;
            case "minimal":
                names.Should().Equal("integrity", "safetensors", "gguf", "onnx");
                break;
            case "strict without license":
                names.Should().Contain("noPickleFiles").And.NotContain("license");
                break;
            default:
                names.Should().ContainInOrder("pickleScan", "maxSize", "noPythonCode");
                break;
        }
    }

    private static async Task<JsonObject> ContextAsync(string configuration) =>
        (await StandIn.EvaluateAsync(Manifest(Models + configuration, "builtins.getContext text"))).AsObject();
}
