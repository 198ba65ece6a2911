using System.Text.Json;
using NixAiModels.Tests.Nar;
using NixAiModels.Tests.Published;
using NixAiModels.Validation;

namespace NixAiModels.Tests.Validation;

public class PresetTests
{
    [Fact]
    public void Nix_and_the_executable_have_the_same_presets()
    {
        using var nix = JsonDocument.Parse(Evaluate("presets"));
        nix.RootElement.EnumerateObject().Select(preset => preset.Name).Should().BeEquivalentTo(Presets.All.Keys);
        foreach (var preset in nix.RootElement.EnumerateObject())
            ValidationPlan.FromJson(preset.Value).ToJson().Should().Be(Presets.All[preset.Name].ToJson());
    }

    [Fact]
    public void Every_validator_of_Nix_is_one_of_the_executable()
    {
        var names = JsonSerializer.Deserialize<string[]>(Evaluate("builtins.attrNames validators"));
        names.Should().BeEquivalentTo(ValidatorCatalog.Names);
    }

    [Theory]
    [InlineData("{ }", "integrity disguise pickleScan safetensors gguf onnx keras optInCode abort 600")]
    [InlineData("presets.minimal", "integrity safetensors gguf onnx warn 60")]
    [InlineData(
        "with presets; minimal // { validators = minimal.validators ++ [ (validators.maxSize \"5G\") ]; timeout = 9; }",
        "integrity safetensors gguf onnx maxSize warn 9"
    )]
    [InlineData(
        "{ preset = \"minimal\"; disable = [ \"onnx\" ]; validators = [ (validators.gguf // { timeout = 3; }) ]; "
            + "onFailure = \"abort\"; }",
        "integrity safetensors gguf abort 60"
    )]
    [InlineData("{ skipDefaults = true; validators = [ validators.gguf ]; }", "gguf abort 600")]
    [InlineData(
        "{ preset = \"paranoid\"; skipDefaults = true; "
            + "validators = [ (validators.signature { trustedPublicKeys = [ \"a:b\" ]; }) ]; }",
        "signature abort 600"
    )]
    public void Presets_are_composed_and_overridden(string validation, string expected)
    {
        using var json = JsonDocument.Parse(Evaluate($"import ./nixlib/validation/plan.nix \"test\" ({validation})"));
        var plan = ValidationPlan.FromJson(json.RootElement);
        string.Join(
                ' ',
                [
                    .. plan.Validators.Select(validator => validator.Name),
                    plan.OnFailure.ToString().ToLowerInvariant(),
                    plan.Timeout.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ]
            )
            .Should()
            .Be(expected);
    }

    [Theory]
    [InlineData("{ preset = \"paranoid\"; }", "nix key generate-secret")]
    [InlineData("presets.paranoid", "nix key generate-secret")]
    [InlineData("{ preset = \"standart\"; }", "did you mean \\\"standard\\\"")]
    [InlineData("{ disable = [ \"pickles\" ]; }", "would not run")]
    [InlineData("{ onFailure = \"ignore\"; }", "\\\"abort\\\", \\\"warn\\\", \\\"skip\\\"")]
    [InlineData("{ timeout = \"60\"; }", "number of seconds")]
    [InlineData("{ validators = [ { name = \"x\"; } ]; }", "no validator")]
    [InlineData("{ valdators = [ ]; }", "did you mean")]
    public async Task A_wrong_validation_fails_evaluation_with_the_fix(string validation, string message)
    {
        var outcome = await Executable.RunAsync(
            "nix-instantiate",
            [
                "--eval",
                "--strict",
                "--json",
                "-E",
                Bind($"import ./nixlib/validation/plan.nix \"test\" ({validation})"),
            ],
            new Dictionary<string, string> { ["HOME"] = Path.GetTempPath(), ["NIX_STATE_DIR"] = Path.GetTempPath() }
        );
        outcome.ExitCode.Should().NotBe(0);
        outcome.Errors.Should().Contain(message.Replace("\\\"", "\"", StringComparison.Ordinal));
    }

    /// <summary>What Nix makes of a list of validators, or the error.</summary>
    internal static string Plan(string validators)
    {
        var outcome = Executable
            .RunAsync(
                "nix-instantiate",
                [
                    "--eval",
                    "--strict",
                    "--json",
                    "-E",
                    Bind($"import ./nixlib/validation/plan.nix \"test\" {{ validators = {validators}; }}"),
                ],
                new Dictionary<string, string> { ["HOME"] = Path.GetTempPath(), ["NIX_STATE_DIR"] = Path.GetTempPath() }
            )
            .GetAwaiter()
            .GetResult();
        return outcome.ExitCode == 0 ? outcome.Output : outcome.Errors;
    }

    private static string Evaluate(string expression) =>
        RealNix.Run("nix-instantiate", "--eval", "--strict", "--json", "-E", Bind(expression));

    private static string Bind(string expression) =>
        $"let presets = import {Executable.Root}/nixlib/validation/presets.nix; "
        + $"validators = import {Executable.Root}/nixlib/validation/validators.nix; in "
        + expression.Replace("./nixlib", Executable.Root + "/nixlib", StringComparison.Ordinal);
}
