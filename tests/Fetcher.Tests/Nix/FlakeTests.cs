using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NixAiModels.Locking;
using NixAiModels.Nar;
using NixAiModels.Store;
using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Nix;

/// <summary>The flake, the overlay, <c>default.nix</c> and the template.</summary>
public sealed class FlakeTests(FlakeFixture flake, TestHubFixture hub)
    : IClassFixture<FlakeFixture>,
        IClassFixture<TestHubFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task It_shows_its_outputs(NixVersion version)
    {
        var outcome = await flake.RunAsync(version, ["flake", "show"], $"path:{flake.Flake}");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        foreach (
            var output in (string[])
                [
                    "checks",
                    "devShells",
                    "formatter",
                    "legacyPackages",
                    "lib",
                    "overlays",
                    "packages",
                    "templates",
                    "nix-prefetch-hf",
                ]
        )
        {
            outcome.Output.Should().Contain(output);
        }
    }

    // Nix 2.8 refuses every template of a flake in a store that is not at /nix/store.
    [Fact]
    public async Task It_passes_its_checks()
    {
        var outcome = await flake.RunAsync(
            NixVersion.Current,
            ["flake", "check"],
            $"path:{flake.Flake}",
            "--all-systems",
            "--no-build"
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);

        var built = await flake.RunAsync(NixVersion.Current, ["flake", "check"], $"path:{flake.Flake}");
        built.ExitCode.Should().Be(0, built.Errors);
    }

    [Fact]
    public async Task A_Mac_has_the_package_the_models_a_shell_and_a_formatter_and_no_checks_of_NixOS()
    {
        var outcome = await flake.Nix.RunAsync(
            NixVersion.Current,
            "nix",
            "eval",
            "--impure",
            "--json",
            "--expr",
            $$"""
            let
              flake = (import {{flake.Flake}}/flake.nix).outputs {
                self = flake;
                nixpkgs = (import {{flake.Nixpkgs}}/flake.nix).outputs { };
              };
              of = output: flake.${output}.aarch64-darwin;
              models = builtins.attrValues (of "legacyPackages").models;
            in {
              paths = map (each: each.drvPath) (models ++ [
                (of "packages").nix-prefetch-hf
                (of "devShells").default
                (of "formatter")
              ] ++ builtins.attrValues (of "checks"));
              systems = map (each: each.system) models;
              library = builtins.match ".*published/(libsodium[.][a-z]+).*" (of "packages").default.installPhase;
              supported = builtins.elem "aarch64-darwin" (of "packages").default.meta.platforms;
              checks = builtins.attrNames (of "checks");
            }
            """
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var json = JsonNode.Parse(outcome.Output)!;

        json["paths"]!.AsArray().Should().HaveCountGreaterThan(4);
        json["systems"]!.AsArray().Select(system => (string)system!).Distinct().Should().Equal("aarch64-darwin");
        ((string)json["library"]![0]!).Should().Be("libsodium.dylib");
        json["supported"]!.GetValue<bool>().Should().BeTrue();
        json["checks"]!
            .AsArray()
            .Select(check => (string)check!)
            .Should()
            .Contain("home-manager-workstation")
            .And.NotContain(name => name.StartsWith("nixos-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task The_package_has_the_executable_under_both_names(NixVersion version)
    {
        var outcome = await flake.RunAsync(version, ["build"], $"path:{flake.Flake}", "--no-link", "--json");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var path = (string)JsonNode.Parse(outcome.Output)![0]!["outputs"]!["out"]!;
        var bin = new FileInfo(flake.Nix.OnDisk(version, path + "/bin")).LinkTarget!;
        Directory
            .GetFileSystemEntries(flake.Nix.OnDisk(version, bin))
            .Select(Path.GetFileName)
            .Should()
            .Contain("nix-ai-models", "nix-prefetch-hf");
    }

    [Fact]
    public async Task The_flake_lock_pins_nixpkgs_and_nothing_else()
    {
        var flakeLock = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(flake.Flake, "flake.lock"), Cancellation)
        )!;

        flakeLock["nodes"]!.AsObject().Select(node => node.Key).Should().BeEquivalentTo("nixpkgs", "root");
        ((string)flakeLock["nodes"]!["nixpkgs"]!["locked"]!["rev"]!).Should().MatchRegex("^[0-9a-f]{40}$");
        ((string)flakeLock["nodes"]!["nixpkgs"]!["locked"]!["narHash"]!).Should().MatchRegex("^sha256-.{43}=$");
        (await File.ReadAllTextAsync(Path.Combine(flake.Flake, "flake.nix"), Cancellation))
            .Should()
            .Contain($"NixOS/nixpkgs/{flakeLock["nodes"]!["nixpkgs"]!["original"]!["ref"]}\"");
    }

    [Fact]
    public async Task Flake_overlay_and_default_nix_give_the_same_model()
    {
        const string Definition = """
            {
              repo = "a/b"; rev = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";
              hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
            }
            """;
        var outcome = await flake.Nix.RunAsync(
            NixVersion.Current,
            "nix",
            "eval",
            "--impure",
            "--json",
            "--expr",
            $$"""
            let
              pkgs = import {{flake.Nixpkgs}} { system = "x86_64-linux"; };
              flake = (import {{flake.Flake}}/flake.nix).outputs {
                self = flake;
                nixpkgs.legacyPackages = { x86_64-linux = pkgs; aarch64-linux = pkgs; aarch64-darwin = pkgs; };
              };
              overlaid =
                let final = pkgs // flake.overlays.default final pkgs;
                in final;
            in {
              paths = map (fetch: (fetch {{Definition}}).drvPath) [
                (flake.lib.fetchHuggingFace pkgs)
                flake.legacyPackages.x86_64-linux.fetchHuggingFace
                overlaid.fetchHuggingFace
                (import {{flake.Flake}} { inherit pkgs; }).fetchHuggingFace
              ];
              shadows = overlaid ? fetchFromHuggingFace;
              programs =
                let packages = flake.packages.x86_64-linux;
                in [ packages.default.meta.mainProgram packages.nix-prefetch-hf.meta.mainProgram ];
              models = flake.legacyPackages.x86_64-linux.models;
            }
            """
        );
        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var json = JsonNode.Parse(outcome.Output)!;

        json["paths"]!.AsArray().Select(path => (string)path!).Distinct().Should().ContainSingle();
        json["shadows"]!.GetValue<bool>().Should().BeFalse();
        json["programs"]!
            .AsArray()
            .Select(program => (string)program!)
            .Should()
            .Equal("nix-ai-models", "nix-prefetch-hf");
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task The_template_is_a_flake_whose_models_are_packages(NixVersion version)
    {
        var mine = Path.Combine(flake.Nix.Folder, $"mine-{version}");
        Directory.CreateDirectory(mine);
        // Nix 2.8 reads no template of a flake outside /nix/store: copy its files as `nix flake init` does.
        if (version == NixVersion.Current)
        {
            var made = await flake.Nix.RunAsync(
                version,
                "nix",
                "flake",
                "new",
                mine + "/new",
                "--template",
                $"path:{flake.Flake}"
            );
            made.ExitCode.Should().Be(0, made.Errors);
            mine += "/new";
        }
        else
        {
            foreach (var file in Directory.GetFiles(Path.Combine(flake.Flake, "examples/flake-template")))
                File.Copy(file, Path.Combine(mine, Path.GetFileName(file)));
        }

        string[] inputs =
        [
            "--no-write-lock-file",
            "--override-input",
            "nix-ai-models",
            $"path:{flake.Flake}",
            "--override-input",
            "nix-ai-models/nixpkgs",
            $"path:{flake.Nixpkgs}",
        ];
        var llama = await flake.Nix.RunAsync(
            version,
            "nix",
            ["eval", "--json", $"path:{mine}#models.llama.drvPath", .. inputs]
        );
        llama.ExitCode.Should().Be(0, llama.Errors);
        llama.Output.Should().Contain("-llama.drv");

        // The same model on the test hub.
        const string Name = "unsloth/Llama-3.2-1B-Instruct";
        var repository = hub.Repository(Name)
            .File("config.json", "{}")
            .Lfs("model.safetensors", [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        var models = await File.ReadAllTextAsync(Path.Combine(mine, "models.nix"), Cancellation);
        models = Regex.Replace(models, "rev = \".*\"", $"rev = \"{await hub.CommitAsync(Name)}\"");
        models = Regex.Replace(
            models,
            "hash = \".*\"",
            $"hash = \"{(await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri}\""
        );
        await File.WriteAllTextAsync(Path.Combine(mine, "models.nix"), models, Cancellation);
        flake.Nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        var built = await flake.Nix.RunAsync(
            version,
            "nix",
            ["build", "--no-link", "--json", $"path:{mine}#models.llama", .. inputs]
        );

        built.ExitCode.Should().Be(0, built.Errors);
        var path = (string)JsonNode.Parse(built.Output)![0]!["outputs"]!["out"]!;
        new FileInfo(flake.Nix.OnDisk(version, path + "/config.json"))
            .LinkTarget.Should()
            .Contain("hf+unsloth+Llama-3.2-1B-Instruct+");
    }

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task Its_models_pin_public_files(NixVersion version)
    {
        var path = Path.Combine(flake.Flake, "examples/public-models/models.lock.json");
        var text = await File.ReadAllTextAsync(path, Cancellation);
        var pinned = LockFile.Read(path);
        LockWriter.Write(pinned).Should().Be(text);
        pinned.Models.Should().NotBeEmpty();

        foreach (var (name, entry) in pinned.Models)
        {
            var outcome = await flake.RunAsync(
                version,
                ["eval", "--json"],
                $"path:{flake.Flake}#models.{name}.drvPath"
            );
            outcome.ExitCode.Should().Be(0, outcome.Errors);
            outcome.Output.Should().Contain($"-{name}.drv");
            var closure = await flake.Nix.RunAsync(
                version,
                "nix-store",
                "--query",
                "--requisites",
                outcome.Output.Trim().Trim('"')
            );
            foreach (var file in ((RepositoryEntry)entry).Lfs)
                closure.Output.Should().Contain($"-{DerivationName.OfFile(file.Path)}.drv");
            var hashes = await flake.RunAsync(
                version,
                ["eval", "--json"],
                $"path:{flake.Flake}#models.{name}.downloads",
                "--apply",
                "map (file: file.outputHash)"
            );
            hashes.ExitCode.Should().Be(0, hashes.Errors);
            JsonNode
                .Parse(hashes.Output)!
                .AsArray()
                .Select(hash => NixHash.Parse((string)hash!))
                .Should()
                .Equal(((RepositoryEntry)entry).Lfs.Select(file => NixHash.Parse(file.Sha256.Hex)));
        }

        // Compared with the local copies, where there are any.
        var facts = Path.Combine(Published.Executable.Root, "../shared/real-pins.json");
        if (!File.Exists(facts))
            return;
        JsonNode.Parse(await File.ReadAllTextAsync(facts, Cancellation))!["flat"]!
            .AsArray()
            .Select(fact =>
                (
                    (string)fact!["repo"]!,
                    (string)fact["rev"]!,
                    (string)fact["path"]!,
                    NixHash.Parse((string)fact["sha256"]!)
                )
            )
            .Should()
            .BeEquivalentTo(
                pinned
                    .Models.Values.OfType<RepositoryEntry>()
                    .SelectMany(entry =>
                        entry.Lfs.Select(file =>
                            (
                                entry.Repository.ToString(),
                                entry.Commit.ToString(),
                                file.Path,
                                NixHash.Parse(file.Sha256.Hex)
                            )
                        )
                    )
            );
    }

    [Fact]
    public async Task The_nuget_lock_lists_the_packages_of_the_project_without_those_of_the_SDK()
    {
        var root = Published.Executable.Root;
        var written = await Published.Executable.RunAsync(
            "dotnet",
            ["run", "tests/nix/nuget-deps.cs"],
            new Dictionary<string, string>
            {
                ["HOME"] = Environment.GetEnvironmentVariable("HOME")!,
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            },
            root
        );

        written.ExitCode.Should().Be(0, written.Errors);
        written.Output.Should().Be(await File.ReadAllTextAsync(Path.Combine(root, "fetcher/deps.json"), Cancellation));
    }
}
