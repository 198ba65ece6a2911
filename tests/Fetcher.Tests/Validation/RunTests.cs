using System.Text.Json;
using NixAiModels.Validation;
using static NixAiModels.Tests.Validation.FormatBytes;

namespace NixAiModels.Tests.Validation;

public class RunTests
{
    private static readonly ValidatorSpec Failing = new()
    {
        Name = "mine",
        Command = ["/bin/sh", "-c", "echo no-good >&2; exit 3", "sh"],
    };

    [Fact]
    public void A_refused_model_ends_with_exit_8_and_every_finding_behind_it()
    {
        using var model = new ModelFolder().With("model.safetensors", "x").With("main.bin", "#!/bin/sh\n");
        var refuse = () => model.Validate().ThrowIfRefused();
        var failure = refuse.Should().Throw<Failure>().Which;
        failure.Code.Should().Be(ExitCode.Validation);
        failure.Message.Should().Contain("model.safetensors").And.Contain("main.bin");
    }

    [Fact]
    public void On_failure_of_a_validator_goes_before_that_of_the_model()
    {
        using var model = new ModelFolder().With("a", "a");
        Verdict Of(OnFailure? validator, OnFailure all) =>
            model
                .Validate(new ValidationPlan { Validators = [Failing with { OnFailure = validator }], OnFailure = all })
                .Verdict;
        Of(null, OnFailure.Abort).Should().Be(Verdict.Refused);
        Of(OnFailure.Warn, OnFailure.Abort).Should().Be(Verdict.Warned);
        Of(OnFailure.Skip, OnFailure.Abort).Should().Be(Verdict.Accepted);
        Of(OnFailure.Abort, OnFailure.Warn).Should().Be(Verdict.Refused);
        Of(null, OnFailure.Skip).Should().Be(Verdict.Accepted);
    }

    [Fact]
    public void A_validator_of_ones_own_gets_the_models_path_and_says_why_it_refuses()
    {
        using var model = new ModelFolder().With("a", "a");
        model.Run(Failing).Messages().Should().ContainSingle().Which.Should().Contain("no-good").And.Contain("exit 3");
        model
            .Run(
                new ValidatorSpec
                {
                    Name = "path",
                    Command = ["/bin/sh", "-c", "test -f \"$1/a\" && test -f \"$src/a\"", "sh"],
                }
            )
            .Verdict.Should()
            .Be(Verdict.Accepted);
        model
            .Run(new ValidatorSpec { Name = "gone", Command = ["/nowhere/x"] })
            .Messages()
            .Should()
            .ContainSingle()
            .Which.Should()
            .Contain("could not be started");
    }

    [Fact]
    public void A_validator_that_takes_too_long_is_ended_and_the_model_refused()
    {
        using var model = new ModelFolder().With("a", "a");
        var time = System.Diagnostics.Stopwatch.StartNew();
        model
            .Run(
                new ValidatorSpec
                {
                    Name = "slow",
                    Timeout = 1,
                    Command = ["/bin/sh", "-c", "sleep 60"],
                }
            )
            .Messages()
            .Should()
            .ContainSingle()
            .Which.Should()
            .Contain("1 second");
        time.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("""{"validators":[{"name":"nothing"}]}""")]
    [InlineData("""{"validators":[{"name":"maxSize"}]}""")]
    [InlineData("""{"validators":[{"name":"maxSize","size":"20X"}]}""")]
    [InlineData("""{"validators":[{"name":"signature","trustedPublicKeys":[]}]}""")]
    [InlineData("""{"validators":[{"name":"fileTypes","types":["gold"]}]}""")]
    [InlineData("""{"validators":[{"name":"gguf","onFailure":"explode"}]}""")]
    [InlineData("""{"validatorz":[]}""")]
    public void A_plan_that_is_wrong_fails_before_anything_runs(string plan)
    {
        using var model = new ModelFolder().With("a", "a");
        using var json = JsonDocument.Parse(plan);
        var run = () => model.Validate(ValidationPlan.FromJson(json.RootElement));
        run.Should().Throw<Failure>().Which.Code.Should().Be(ExitCode.Usage);
    }

    [Fact]
    public void The_report_is_the_same_on_every_run_and_says_size_sha256_and_git_blob_id()
    {
        using var model = new ModelFolder()
            .With("a.txt", "hello\n")
            .With("b/model.safetensors", Safetensors())
            .With("c.bin", "#!/bin/sh\n")
            .With("ü.json", "{");
        var report = model.Validate();
        report
            .Files[0]
            .Should()
            .Be(
                new FileFacts(
                    "a.txt",
                    6,
                    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
                    "ce013625030ba8dba906f756967f9e9ca394464a"
                )
            );
        var json = report.Json();
        json.Should().NotContain(model.Path);
        for (var i = 0; i < 5; i++)
            model.Validate().Json().Should().Be(json);
    }

    [Fact]
    public void What_is_known_of_a_file_is_not_computed_again()
    {
        using var model = new ModelFolder().With("a.txt", "hello\n");
        var known = new Dictionary<string, FileFacts> { ["a.txt"] = new("a.txt", 6, "known", null) };
        ValidationRun
            .Execute(model.Path, Presets.All["standard"], known, cancellation: TestContext.Current.CancellationToken)
            .Files.Should()
            .Equal(known["a.txt"]);
    }

    [Fact]
    public void None_looks_at_nothing()
    {
        using var model = new ModelFolder().With("model.safetensors", "x");
        var report = model.Validate("none");
        report.Verdict.Should().Be(Verdict.Accepted);
        report.Files.Should().Equal(new FileFacts("model.safetensors", 1, null, null));
    }

    [Fact]
    public void Sarif_names_tool_rules_and_places()
    {
        using var model = new ModelFolder().With("a b.onnx", [0x08, 0x80]);
        using var output = new MemoryStream();
        Sarif.Write(model.Validate(), output);
        using var json = JsonDocument.Parse(output.ToArray());
        var run = json.RootElement.GetProperty("runs")[0];
        json.RootElement.GetProperty("version").GetString().Should().Be("2.1.0");
        run.GetProperty("tool").GetProperty("driver").GetProperty("rules").GetArrayLength().Should().Be(8);
        var location = run.GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        location.GetProperty("artifactLocation").GetProperty("uri").GetString().Should().Be("a%20b.onnx");
        location.GetProperty("region").GetProperty("byteOffset").GetInt64().Should().Be(1);
    }
}
