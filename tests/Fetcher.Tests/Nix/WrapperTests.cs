using System.Text.Json.Nodes;
using NixAiModels.Terminal;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>A program that is built with its models: <c>mkModelWrapper</c>.</summary>
public sealed class WrapperTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    private static readonly string Scan = Path.Combine(Executable.Root, "tests/interop/scan-cache.mjs");

    private static readonly string Node = Environment
        .GetEnvironmentVariable("PATH")!
        .Split(':')
        .Select(folder => Path.Combine(folder, "node"))
        .First(File.Exists);

    /// <summary>Runs the script that node gets as its first argument with what the environment has.</summary>
    private const string Show = "-e";

    [Theory]
    [InlineData(NixVersion.Old)]
    [InlineData(NixVersion.Current)]
    public async Task A_real_client_in_a_wrapped_program_finds_its_model_offline(NixVersion version)
    {
        var commit = await CommitAsync();

        // The client reads the cache that the wrapper names.
        var script = $"process.argv.splice(1, 0, '', process.env.HF_HUB_CACHE); await import('{Scan}')";
        var outcome = await RunAsync(version, commit, ["--input-type=module", Show, script]);

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var repository = JsonNode.Parse(outcome.Output)!.AsArray().Should().ContainSingle().Subject!;
        ((string)repository["name"]!).Should().Be("acme/wrapped");
        repository["revisions"]![0]!["files"]!.AsArray().Select(file => (string)file!).Should().Contain("config.json");
    }

    [Fact]
    public async Task A_wrapped_program_has_the_models_variables_and_the_arguments_of_the_call()
    {
        const string Script = """
            const { env, argv } = process;
            console.log(JSON.stringify({
              model: require("fs").readFileSync(env.AI_MODEL_TINY + "/config.json", "utf8"),
              offline: env.HF_HUB_OFFLINE, own: env.OWN + env.PORT,
              cleared: env.TRANSFORMERS_OFFLINE ?? null, argv: argv.slice(1),
              bytes: require("fs").readFileSync("/proc/self/cmdline").toString("latin1").split("\0").at(-2),
            }));
            """;
        var outcome = await RunAsync(
            NixVersion.Old,
            await CommitAsync(),
            ["it's \"quoted\"", "", "--help", "$(exit 1)\n*", "$'\\377'"],
            $$"""arguments = [ "-e" {{NixText.StringLiteral(Script)}} "--" ];"""
                + """ environment = { OWN = "a b"; PORT = 8081; TRANSFORMERS_OFFLINE = null; };"""
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        var seen = JsonNode.Parse(outcome.Output)!;
        ((string)seen["model"]!).Should().Be("{}");
        ((string)seen["offline"]!).Should().Be("1");
        ((string)seen["own"]!).Should().Be("a b8081");
        seen["cleared"].Should().BeNull();
        seen["argv"]!
            .AsArray()
            .Select(word => (string)word!)
            .Take(4)
            .Should()
            .Equal("it's \"quoted\"", "", "--help", "$(exit 1)\n*");
        ((string)seen["bytes"]!).Should().Be("\u00ff", "bytes that are not UTF-8 arrive as they are");
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("yes | head -n 1; exit ${PIPESTATUS[0]}", 141)]
    public async Task It_becomes_the_program_whose_exit_code_and_signals_are_its_own(string script, int code)
    {
        var outcome = await RunAsync(
            NixVersion.Old,
            await CommitAsync(),
            ["-c", script],
            """program = "/bin/bash"; name = "shell";"""
        );

        outcome.ExitCode.Should().Be(code, outcome.Errors);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_an_error_that_names_it()
    {
        var outcome = await RunAsync(NixVersion.Old, await CommitAsync(), [], """program = "/nowhere/program";""");

        outcome.ExitCode.Should().Be((int)ExitCode.LocalIO);
        outcome.Errors.Should().Contain("/nowhere/program");
    }

    [Theory]
    [InlineData("""models = { };""", "`program` is missing", "llama-server")]
    [InlineData("""program = "node"; models = { };""", "`program = \"node\"` must be", "llama-server")]
    [InlineData("""program = "/bin/x";""", "`models` is missing", "models = {")]
    [InlineData("""program = "/bin/x"; models = { }; args = [ ];""", "unknown argument `args`", "use one of")]
    [InlineData("""program = "/bin/x"; model = { };""", "unknown argument `model`; did you mean `models`?", "use one")]
    [InlineData("""program = "/x"; models = { }; arguments = "a";""", "`arguments` must be a list", "arguments = [")]
    [InlineData("""program = "/x"; models = { }; environment = [ ];""", "`environment` must be a set", "environment.")]
    [InlineData("""program = "/x"; models = { }; environment.A = true;""", "`environment.A` must be a string", "A = ")]
    [InlineData(
        """program = "/x"; models = { }; environment."A=B" = "";""",
        "`environment` has \"A=B\"",
        "environment."
    )]
    [InlineData("""program = "/x"; models = { }; environment."" = "";""", "`environment` has \"\"", "environment.")]
    public async Task A_mistake_is_named_with_the_fix(string arguments, string what, string fix)
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "-E",
            $"({NixFixture.Offline}).mkModelWrapper {{ {arguments} }}"
        );

        outcome.ExitCode.Should().Be(1);
        outcome.Errors.Should().Contain($"mkModelWrapper: {what}").And.Contain(fix);
    }

    [Fact]
    public async Task Two_models_of_one_variable_are_refused()
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "--eval",
            "-E",
            $"with {NixFixture.Offline}; (modelEnvironment {{ a-b = {{ }}; a_b = {{ }}; }}).HF_HUB_CACHE"
        );

        outcome.Errors.Should().Contain("modelEnvironment: models.a-b and models.a_b are both AI_MODEL_A_B");
    }

    private Task<string> CommitAsync()
    {
        hub.Repository("acme/wrapped").File("config.json", "{}");
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        return hub.CommitAsync("acme/wrapped");
    }

    /// <summary>Builds a wrapped node in the sandbox, and runs it where that store is at /nix/store.</summary>
    private async Task<Outcome> RunAsync(NixVersion version, string commit, string[] arguments, string more = "")
    {
        var hash = await NixAiModels.Nar.NarHash.OfPathAsync(
            hub.Repository("acme/wrapped").Folder,
            TestContext.Current.CancellationToken
        );
        var built = await nix.BuildAsync(
            version,
            $$"""
            with {{NixFixture.Offline}};
            mkModelWrapper ({
              program = "{{Node}}";
              models.tiny = {
                source.huggingface = { repo = "acme/wrapped"; rev = "{{commit}}"; };
                hash = "{{hash.Sri}}"; validation.preset = "minimal";
              };
            } // { {{more}} })
            """
        );
        built.ExitCode.Should().Be(0, built.Errors);
        var path = built.Output.Trim();
        var name = Path.GetFileName(
            Directory.GetFiles(nix.OnDisk(version, path) + "/bin").Should().ContainSingle().Subject
        );
        // Bash reads $'…' in an argument: bytes that this process could not pass on.
        var words = arguments.Select(word =>
            word.StartsWith("$'", StringComparison.Ordinal)
                ? word
                : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"
        );
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        return await Executable.RunAsync(
            "unshare",
            [
                .. namespaces,
                "--net",
                "bash",
                "-c",
                $"mount --bind {nix.OnDisk(version, "/nix")} /nix && "
                    + $"exec {path}/bin/{name} {string.Join(' ', words)}",
            ],
            new Dictionary<string, string> { ["HOME"] = nix.Folder }
        );
    }
}
