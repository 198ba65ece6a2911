using NixAiModels.Terminal;

namespace NixAiModels.Tests.Terminal;

/// <summary>A long step is never silent.</summary>
public class HeartbeatTests
{
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
