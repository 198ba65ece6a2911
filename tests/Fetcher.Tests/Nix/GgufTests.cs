using System.Text.Json;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Nix;

/// <summary>GGUF models by their quantization: from <c>ORG/NAME:Q4_K_M</c> to the path that llama.cpp opens.</summary>
public sealed class GgufTests(TestHubFixture hub, NixFixture nix)
    : IClassFixture<TestHubFixture>,
        IClassFixture<NixFixture>
{
    private const string Hash = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    private const string Commit = "6f75de8b60a9f8a2fdf7b69cbd86d9e64bcb3837";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pin_of_a_quantization_names_its_files_and_builds()
    {
        Repository("acme/pinned-gguf");

        var outcome = await PrefetchAsync("acme/pinned-gguf:q4_k_m", "--mmproj", "F16", "--no-store");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome
            .Output.Should()
            .Contain(
                """files = [ "X-Q4_K_M-00001-of-00002.gguf" "X-Q4_K_M-00002-of-00002.gguf" "mmproj-F16.gguf" ];"""
            );
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var built = await BuildAsync(version, outcome.Output);
            built.ExitCode.Should().Be(0, built.Errors);
        }
    }

    [Fact]
    public async Task A_definition_with_the_word_alone_has_the_path_of_the_command_that_it_prints()
    {
        Repository("acme/word-gguf");
        var rev = await hub.CommitAsync("acme/word-gguf");
        string Definition(string hash) =>
            $$"""fetchHuggingFace { repo = "acme/word-gguf"; rev = "{{rev}}"; quant = "Q4_K_M"; hash = "{{hash}}"; }""";
        var asked = await EvaluateAsync(NixVersion.Old, Definition(""));
        var command = asked.Errors.Split("next: ")[1].Split('\n')[0].Split(' ');
        command[1].Should().Be("acme/word-gguf:Q4_K_M");

        var pin = await PrefetchAsync([.. command[1..], "--no-store", "--format", "json"]);

        pin.ExitCode.Should().Be(0, pin.Errors);
        using var json = JsonDocument.Parse(pin.Output);
        var hash = json.RootElement.GetProperty("hash").GetString()!;
        var name = json.RootElement.GetProperty("name").GetString()!;
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var built = await BuildAsync(version, Definition(hash));
            built.ExitCode.Should().Be(0, built.Errors);
            built.Output.Trim().Should().EndWith("-" + name);
            Directory
                .GetFiles(nix.OnDisk(version, built.Output.Trim()))
                .Select(Path.GetFileName)
                .Should()
                .BeEquivalentTo("X-Q4_K_M-00001-of-00002.gguf", "X-Q4_K_M-00002-of-00002.gguf");
        }
    }

    [Theory]
    [InlineData(
        """files = [ "q/X-00002-of-00002.gguf" "q/X-00001-of-00002.gguf" "README.md" ];""",
        "q/X-00001-of-00002.gguf"
    )]
    [InlineData("""files = [ "mmproj-F16.gguf" "X.gguf" ];""", "X.gguf")]
    public async Task A_model_knows_the_file_to_open(string selection, string file)
    {
        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var paths = await nix.EvaluateAsync(version, Model(selection, "[ model.modelPath model.outPath ]"));
            var values = JsonSerializer.Deserialize<string[]>(paths)!;
            values[0].Should().Be($"{values[1]}/{file}");
        }
    }

    [Fact]
    public async Task A_projector_has_a_path_too()
    {
        const string files = """files = [ "mmproj-F16.gguf" "X.gguf" ];""";
        (await nix.EvaluateAsync(NixVersion.Old, Model(files, "model.mmprojPath")))
            .Should()
            .EndWith("/mmproj-F16.gguf\"");
    }

    [Theory]
    [InlineData("""quant = "Q4_K_M";""", "modelPath", "needs the files' names", "nix-prefetch-hf a/b:Q4_K_M --rev")]
    [InlineData("""quant = "Q4 K";""", "outPath", "must be a word of a file's name", "quant = \"Q4_K_M\";")]
    public async Task What_is_not_known_is_an_error_with_the_next_step(
        string selection,
        string attribute,
        string what,
        string next
    )
    {
        var outcome = await nix.RunAsync(
            NixVersion.Current,
            "nix-instantiate",
            "--eval",
            "-E",
            Model(selection, "model." + attribute)
        );

        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain(what).And.Contain("next: " + next);
    }

    [Theory]
    [InlineData("""files = [ "X.gguf" "Y.gguf" ];""")]
    [InlineData("""files = [ "config.json" ];""")]
    [InlineData("")]
    public async Task A_model_without_the_one_file_has_no_path(string selection) =>
        (await nix.EvaluateAsync(NixVersion.Old, Model(selection, "model ? modelPath || model ? mmprojPath")))
            .Should()
            .Be("false");

    [Fact]
    public async Task A_locked_quantization_has_the_path_too_and_keeps_the_word()
    {
        Repository("acme/locked-gguf");
        var folder = Directory.CreateDirectory(Path.Combine(nix.Folder, "locked")).FullName;
        var file = Path.Combine(folder, "models.lock.json");
        var locked = await LockAsync(file, "acme/locked-gguf:Q4_K_M", "--name", "x");
        locked.ExitCode.Should().Be(0, locked.Errors);
        (await File.ReadAllTextAsync(file, Cancellation)).Should().Contain("\"quant\": \"Q4_K_M\"");

        foreach (var version in Enum.GetValues<NixVersion>())
        {
            var expression = $$"""
                with {{NixFixture.Offline}};
                let model = fetchModel { name = "x"; lockFile = {{file}}; validation.preset = "none"; };
                in model.modelPath
                """;
            (await nix.EvaluateAsync(version, expression)).Should().EndWith("/X-Q4_K_M-00001-of-00002.gguf\"");
        }
    }

    [Fact]
    public async Task A_quantization_of_one_file_is_pinned_as_that_file()
    {
        Repository("acme/flat-gguf");

        var outcome = await PrefetchAsync("acme/flat-gguf:Q8_0", "--flat", "--no-store");
        var split = await PrefetchAsync("acme/flat-gguf:Q4_K_M", "--flat", "--no-store");

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Should().StartWith("fetchHuggingFaceFile {").And.Contain("file = \"X-Q8_0.gguf\";");
        split.ExitCode.Should().Be(2);
        split.Errors.Should().Contain("--flat pins one file, and 2 are selected");
    }

    [Fact]
    public async Task A_repository_without_a_choice_is_not_downloaded()
    {
        Repository("acme/table-gguf");

        var outcome = await PrefetchAsync("acme/table-gguf", "--no-store");

        outcome.ExitCode.Should().Be(2);
        outcome.Errors.Should().Contain("acme/table-gguf has 2 models").And.Contain("acme/table-gguf:Q4_K_M");
        (await PrefetchAsync("acme/table-gguf", "--include", "*", "--no-store")).ExitCode.Should().Be(0);
        (await PrefetchAsync("acme/table-gguf", "--dry-run")).ExitCode.Should().Be(0);
    }

    private void Repository(string name) =>
        hub.Repository(name)
            .Lfs("X-Q4_K_M-00001-of-00002.gguf", [1, 2, 3])
            .Lfs("X-Q4_K_M-00002-of-00002.gguf", [4])
            .Lfs("X-Q8_0.gguf", [5, 6])
            .Lfs("mmproj-F16.gguf", [7]);

    private static string Model(string selection, string value) =>
        $$"""
            with {{NixFixture.Offline}};
            let model = fetchModel {
              name = "m"; hash = "{{Hash}}"; validation.preset = "none";
              source.huggingface = { repo = "a/b"; rev = "{{Commit}}"; {{selection}} };
            };
            in {{value}}
            """;

    private Task<Outcome> EvaluateAsync(NixVersion version, string expression) =>
        nix.RunAsync(version, "nix-instantiate", "-E", $"with {NixFixture.Offline}; {expression}");

    private Task<Outcome> BuildAsync(NixVersion version, string expression)
    {
        nix.Environment["HF_ENDPOINT"] = hub.Endpoint;
        return nix.BuildAsync(version, $"with {NixFixture.Offline}; {expression}");
    }

    private Task<Outcome> LockAsync(string file, params string[] arguments) =>
        PrefetchAsync(["lock", "add", .. arguments, "--lock-file", file]);

    private Task<Outcome> PrefetchAsync(params string[] arguments) =>
        Executable.RunAsync(
            Executable.Prefetch,
            arguments,
            new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint, ["HOME"] = nix.Folder }
        );
}
