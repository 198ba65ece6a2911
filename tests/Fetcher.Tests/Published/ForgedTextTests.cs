using System.Diagnostics;
using NixAiModels.Tests.Cache;

namespace NixAiModels.Tests.Published;

/// <summary>Names from outside forge nothing in a terminal or a log, and .NET leaves nothing on a terminal.</summary>
public sealed class ForgedTextTests : IDisposable
{
    private const string Forged = "a\r\nerror: fake\e[31m\u202e";

    private readonly SharedMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_scan_of_a_cache_prints_no_name_as_it_is()
    {
        var folder = Directory.CreateDirectory($"{_machine.Cache}/models--{Forged}").FullName;
        Directory.CreateDirectory($"{folder}/snapshots/{Forged}");
        Directory.CreateDirectory($"{folder}/refs");
        await File.WriteAllTextAsync($"{folder}/refs/{Forged}", Forged, TestContext.Current.CancellationToken);
        File.CreateSymbolicLink($"{folder}/snapshots/{Forged}/{Forged}", "/nowhere");

        foreach (var format in (string[])["text", "json"])
        {
            var outcome = await Executable.RunAsync(
                Executable.Fetcher,
                ["scan-cache", "--cache-dir", _machine.Cache, "--state-dir", _machine["state"], "--format", format]
            );
            outcome.ExitCode.Should().Be(0, outcome.Errors);
            RequirePlain(outcome);
        }
    }

    [Fact]
    public async Task A_dry_run_of_sync_prints_no_name_as_it_is()
    {
        File.Move($"{_machine.Raw}/config.json", $"{_machine.Raw}/{Forged}");
        await File.WriteAllTextAsync(_machine.Report, "{\"files\":[]}", TestContext.Current.CancellationToken);

        var outcome = await SharedMachine.AsUserAsync(
            OtherUser.Id,
            Executable.Fetcher,
            "sync",
            "--dry-run",
            "--manifest",
            _machine.Manifest(partial: true, state: "/var/empty/state")
        );

        outcome.Output.Should().Contain("error: fake");
        RequirePlain(outcome);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("hash /etc/hostname")]
    [InlineData("hash /nowhere")]
    public void Nothing_but_text_reaches_a_terminal(string arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("script", ["-qec", $"{Executable.Fetcher} {arguments}", "/dev/null"])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                Environment = { ["TERM"] = "xterm-256color", ["NO_COLOR"] = "1" },
            }
        )!;
        process.StandardInput.Close();

        process.StandardOutput.ReadToEnd().Should().NotBeEmpty().And.NotContain("\e");
    }

    private static void RequirePlain(Outcome outcome)
    {
        var text = outcome.Output + outcome.Errors;
        text.Should().NotContain("\r").And.NotContain("\e").And.NotContain("\u202e");
        text.Split('\n').Should().NotContain(line => line.StartsWith("error: fake", StringComparison.Ordinal));
    }
}
