using System.Text.Json.Nodes;
using NixAiModels.Nar;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>Validation in real builds, between the download and every use.</summary>
public sealed class ValidatedBuildTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    // The programs of a custom validator and of nixpkgs' writeShellScript: the sandbox has no libc and no shell.
    private const string Tool = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <unistd.h>
        int main(int count, char **words) {
          if (!strcmp(words[1], "write")) {
            FILE *file = fopen(getenv("out"), "w");
            fputs(getenv("text"), file);
            return fclose(file) || chmod(getenv("out"), 0755);
          }
          if (!strcmp(words[1], "sleep")) return sleep(100);
          char path[4096];
          snprintf(path, sizeof path, "%s/%s", words[count - 1], words[2]);
          if (!access(path, R_OK) && !strcmp(words[count - 1], getenv("src"))) return 0;
          fprintf(stderr, "there is no %s\n", words[2]);
          return 3;
        }
        """;

    private static readonly byte[] Pickle = [.. "cposix\nsystem\n(S'echo hostile'\ntR."u8];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_model_that_fails_is_not_built_nor_is_anything_that_depends_on_it(NixVersion version)
    {
        var model = await ModelAsync("acme/hostile", repository => repository.Lfs("pytorch_model.bin", Pickle), "");

        var failed = await BuildAsync(
            version,
            $$"""
            let m = {{model}};
            in derivation { name = "user"; system = builtins.currentSystem; builder = "${m}/x"; }
            """
        );

        failed.ExitCode.Should().NotBe(0);
        failed
            .Errors.Should()
            .Contain("failed with exit code 8")
            .And.Contain("pytorch_model.bin")
            .And.Contain("posix.system");
        failed.Errors.Should().NotContain("user.drv' failed with exit code", "it was not even tried");
        var paths = await nix.EvaluateAsync(
            version,
            $"with {NixFixture.Offline}; let m = {model}; in [ m.outPath m.report.outPath m.raw.outPath ]"
        );
        JsonNode
            .Parse(paths)!
            .AsArray()
            .Select(path => Path.Exists(nix.OnDisk(version, (string)path!)))
            .Should()
            .Equal(false, false, true);
    }

    [Fact]
    public async Task A_model_with_a_warning_is_built_and_its_report_has_the_finding()
    {
        foreach (var (onFailure, logged) in new[] { ("warn", true), ("skip", false) })
        {
            var model = await ModelAsync(
                "acme/warned",
                repository => repository.Lfs("pytorch_model.bin", Pickle),
                $"validation.onFailure = \"{onFailure}\";"
            );

            var built = await BuildAsync(NixVersion.Current, model);

            built.ExitCode.Should().Be(0, built.Errors);
            built.Errors.Contains("posix.system", StringComparison.Ordinal).Should().Be(logged);
            var report = await ReportAsync(NixVersion.Current, model);
            report.ToJsonString().Should().Contain("posix.system");
            ((string)report["verdict"]!).Should().Be(logged ? "warned" : "accepted");
        }
    }

    [Fact]
    public async Task The_view_adds_no_copy_and_the_report_is_the_same_on_every_Nix()
    {
        var model = await ModelAsync(
            "acme/large",
            repository => repository.Lfs("model.bin", new byte[20_000_000]).File("config.json", "{}"),
            ""
        );
        var reports = new List<string>();
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var built = await BuildAsync(version, model);
            built.ExitCode.Should().Be(0, built.Errors);
            var size = await nix.RunAsync(version, "nix-store", "--query", "--size", built.Output.Trim());
            long.Parse(size.Output.Trim()).Should().BeLessThan(3000, "it is made of links");
            reports.Add((await ReportAsync(version, model)).ToJsonString());
        }

        reports.Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task A_custom_validator_is_a_program_in_the_store_and_runs_in_the_sandbox()
    {
        var tool = await CompileAsync();
        async Task<Outcome> RunAsync(string validator) =>
            await BuildAsync(
                NixVersion.Current,
                await ModelAsync(
                    "acme/own",
                    repository => repository.File("config.json", "{}"),
                    $"validation = {{ skipDefaults = true; validators = [ (validation.mkValidator {validator}) ]; }};"
                )
            );

        var accepted = await RunAsync($$"""{ name = "needs"; command = [ {{tool}} "needs" "config.json" ]; }""");
        accepted.ExitCode.Should().Be(0, accepted.Errors);

        var refused = await RunAsync($$"""{ name = "needs"; command = [ {{tool}} "needs" "card.md" ]; }""");
        refused.ExitCode.Should().NotBe(0);
        refused
            .Errors.Should()
            .Contain("there is no card.md")
            .And.Contain("[needs]")
            .And.Contain("failed with exit code 8");

        var warned = await RunAsync(
            $$"""{ name = "needs"; command = [ {{tool}} "needs" "card.md" ]; onFailure = "warn"; }"""
        );
        warned.ExitCode.Should().Be(0, warned.Errors);
        warned.Errors.Should().Contain("there is no card.md");

        var late = await RunAsync($$"""{ name = "slow"; command = [ {{tool}} "sleep" ]; timeout = 1; }""");
        late.ExitCode.Should().NotBe(0);
        late.Errors.Should().Contain("[slow]").And.Contain("1 second");
    }

    [Fact]
    public async Task With_nixpkgs_a_custom_validator_may_be_a_script()
    {
        var tool = await CompileAsync();
        // The part of nixpkgs that such a script needs.
        var offline = $$"""
            let
              tool = {{tool}};
              bash = builtins.path { name = "bash"; path = /bin/bash-static; };
              fetcher = import {{Executable.Root}}/tests/nix/fetcher.nix {{Executable.Root}}/artifacts/runtime;
            in
            with import {{Executable.Root}}/nixlib {
              inherit fetcher;
              pkgs = {
                coreutils = "/no-such-folder";
                lib.makeBinPath = builtins.concatStringsSep ":";
                writeShellScript = name: text: derivation {
                  inherit name;
                  system = builtins.currentSystem;
                  builder = tool;
                  args = [ "write" ];
                  text = "#!${bash}\n${text}";
                };
              };
            };
            """;
        async Task<Outcome> RunAsync(string script)
        {
            nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
            var model = await ModelAsync(
                "acme/script",
                repository => repository.File("config.json", "{}").File("README.md", "a model-index\n"),
                $$"""
                validation = {
                  skipDefaults = true;
                  validators = [ (validation.mkValidator { name = "card"; script = ''{{script}}''; }) ];
                };
                """
            );
            return await nix.BuildAsync(NixVersion.Current, offline + model);
        }

        var accepted = await RunAsync("""[[ $(< "$src/README.md") == *model-index* ]]""");
        accepted.ExitCode.Should().Be(0, accepted.Errors);
        var refused = await RunAsync(
            """[[ $(< "$src/README.md") == *language* ]] || { echo "the card names no language" >&2; exit 1; }"""
        );
        refused.ExitCode.Should().NotBe(0);
        refused.Errors.Should().Contain("the card names no language").And.Contain("[card]");
    }

    private Task<Outcome> BuildAsync(NixVersion version, string expression)
    {
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        return nix.BuildAsync(version, $"with {NixFixture.Offline}; {expression}");
    }

    private async Task<JsonNode> ReportAsync(NixVersion version, string model)
    {
        var path = (await nix.EvaluateAsync(version, $"with {NixFixture.Offline}; ({model}).report.outPath")).Trim('"');
        return JsonNode.Parse(await File.ReadAllTextAsync(nix.OnDisk(version, path), Cancellation))!;
    }

    private async Task<string> ModelAsync(string name, Action<TestRepository> fill, string more)
    {
        var repository = hub.Repository(name);
        fill(repository);
        var hash = (await NarHash.OfPathAsync(repository.Folder, Cancellation)).Sri;
        var commit = await hub.CommitAsync(name);
        return $$"""
            (fetchModel {
              name = "m"; source.huggingface = { repo = "{{name}}"; rev = "{{commit}}"; }; hash = "{{hash}}"; {{more}}
            })
            """;
    }

    /// <summary>The program, as a Nix expression that puts it into the store.</summary>
    private async Task<string> CompileAsync()
    {
        var source = Path.Combine(nix.Folder, "tool.c");
        await File.WriteAllTextAsync(source, Tool, Cancellation);
        var compiled = await Executable.RunAsync(
            "gcc",
            ["-static", "-O1", "-o", Path.Combine(nix.Folder, "tool"), source]
        );
        compiled.ExitCode.Should().Be(0, compiled.Errors);
        return $"\"${{builtins.path {{ name = \"tool\"; path = {nix.Folder}/tool; }}}}\"";
    }
}
