using NixAiModels.Terminal;

namespace NixAiModels.Tests.Terminal;

/// <summary>A long step is never silent. It replaces the standard error of the process, so nothing else runs
/// meanwhile.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public class HeartbeatTests
{
    private const string Name = "standard error";

    [Fact]
    public async Task A_step_that_prints_nothing_is_named_again_and_again()
    {
        var error = Console.Error;
        await using var lines = new StringWriter();
        Console.SetError(TextWriter.Synchronized(lines));
        try
        {
            await using var heartbeat = Heartbeat.Start(TimeSpan.FromMilliseconds(200));
            using (Heartbeat.Step("validating /nix/store/x"))
                await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        }
        finally
        {
            Console.SetError(error);
        }

        lines.ToString().Split("still validating /nix/store/x").Length.Should().BeGreaterThan(2);
    }
}
