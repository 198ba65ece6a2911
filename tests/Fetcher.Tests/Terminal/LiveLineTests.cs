using System.Diagnostics;
using NixAiModels.Terminal;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Terminal;

/// <summary>What a terminal shows: a live line that fits it, and labels in colour.</summary>
public sealed class LiveLineTests(TestHubFixture hub) : IClassFixture<TestHubFixture>
{
    [Theory]
    [InlineData("0123456789", 11, "0123456789")]
    [InlineData("0123456789", 10, "01234567…")]
    [InlineData("0123456789", 1, "…")]
    public void A_line_leaves_the_last_column_free(string text, int width, string cut) =>
        Log.Cut(text, width).Should().Be(cut);

    [Theory]
    [InlineData(5, "5.0 s left")]
    [InlineData(90_000, "1 day, 1 hour left")]
    [InlineData(1e9, "days left")]
    [InlineData(1e300, "days left")]
    [InlineData(double.PositiveInfinity, "waiting for the server")]
    [InlineData(double.NaN, "waiting for the server")]
    public void A_transfer_that_has_all_but_stopped_names_no_weeks(double seconds, string text) =>
        ProgressDisplay.Left(seconds).Should().Be(text);

    [Fact]
    public async Task A_narrow_terminal_is_not_filled_with_progress()
    {
        hub.Repository("acme/narrow").Lfs("model.bin", new byte[3_000_000]);
        await hub.FaultAsync(
            new
            {
                kind = "bandwidth",
                repo = "acme/narrow",
                bytes_per_second = 1_000_000,
            }
        );

        var shown = await OnTerminalAsync(
            $"stty cols 50; {Executable.Prefetch} acme/narrow --no-store --format sri >/dev/null",
            ("HF_ENDPOINT", hub.Endpoint)
        );

        var frames = shown.Split('\r').Where(frame => frame.EndsWith("\e[K", StringComparison.Ordinal)).ToArray();
        frames.Should().Contain(frame => frame.Contains("0/1 files", StringComparison.Ordinal));
        frames.Should().OnlyContain(frame => frame.Length - "\e[K".Length < 50);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task An_error_is_red_on_a_terminal_unless_colours_are_not_wanted(string noColour, bool coloured)
    {
        var shown = await OnTerminalAsync($"{Executable.Fetcher} hash /nowhere", ("NO_COLOR", noColour));

        shown.Contains("\e[31merror: \e[m", StringComparison.Ordinal).Should().Be(coloured);
        shown.Should().Contain("error: ").And.Contain("/nowhere");
    }

    private static async Task<string> OnTerminalAsync(string command, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            Environment = { ["TERM"] = "xterm-256color", ["CI"] = "" },
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        return await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
