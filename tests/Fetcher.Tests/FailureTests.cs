namespace NixAiModels.Tests;

public class FailureTests
{
    [Fact]
    public void A_failure_carries_its_exit_code_and_the_next_step()
    {
        var failure = new Failure(ExitCode.NotFound, "no such repository", "check the name");

        ((int)failure.Code).Should().Be(3);
        failure.Next.Should().Be("check the name");
    }
}
