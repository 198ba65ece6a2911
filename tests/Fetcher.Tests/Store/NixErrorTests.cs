using NixAiModels.Store;

namespace NixAiModels.Tests.Store;

public sealed class NixErrorTests
{
    private const string Refusal = """
        validating /nix/store/x-hf+a+b
        error: the model is refused:
          m.pkl (byte 2, GLOBAL): os.system runs a program [pickleScan]
            why: Loading a pickle runs code from it.
          config.json: imports evil.Boom [optInCode]
        next: use the safetensors files
        """;

    [Fact]
    public void The_reason_of_a_refusal_is_in_the_failure_of_its_build()
    {
        const string drv = "/nix/store/y-m.drv";
        var older =
            $"{Refusal}\nerror: builder for '{drv}' failed with exit code 8;\n       last 10 log lines:\n"
            + string.Concat(Refusal.Split('\n').Select(line => $"       > {line}\n"))
            + $"       For full logs, run 'nix log {drv}'.\n";
        var newer = older.Replace(
            $"error: builder for '{drv}' failed",
            $"error: Cannot build '{drv}'.\n Reason: failed"
        );
        foreach (var said in (string[])[older, newer])
        {
            var failure = NixError.Of(100, said);
            failure.Code.Should().Be(ExitCode.Validation);
            failure.Message.Should().StartWith("the build failed: the model is refused:\n").And.Contain("evil.Boom");
            failure.Message.Should().NotContain("next:").And.NotContain(">");
            failure.Next.Should().Contain($"nix log {drv}");
        }
    }
}
