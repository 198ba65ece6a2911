using System.Globalization;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Soak;

/// <summary>Random repositories, random faults, every way to this machine: never a wrong hash, never a hang, never a
/// leaked token, nothing half-written, and the same command finishes what was interrupted. The suite runs
/// some, <c>make soak</c> thousands (SOAK_CASES, SOAK_SEED).</summary>
public sealed class SoakTests(NixFixture nix) : IClassFixture<NixFixture>
{
    private const string Token = "hf_soakMARKERofAtoken0123456789";
    private const int CasesOfSuite = 50;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Whatever_goes_wrong_no_hash_is_wrong()
    {
        var count = Number("SOAK_CASES") ?? CasesOfSuite;
        var first = Number("SOAK_SEED") ?? 1;
        await using var hub = await TestHubFixture.StartAsync("--page-size", "4", "--token", Token);
        var statistics = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var wrong = new List<string>();
        var done = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = Number("SOAK_PARALLEL") ?? 3 },
            async (seed, cancellation) =>
            {
                var soak = new SoakCase(seed);
                string outcome;
                try
                {
                    outcome = await RunAsync(hub, soak, cancellation);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    outcome = "WRONG";
                    lock (wrong)
                        wrong.Add($"{soak}\n  {exception.Message}");
                }

                lock (statistics)
                {
                    statistics[$"{soak.Way} {outcome}"] = statistics.GetValueOrDefault($"{soak.Way} {outcome}") + 1;
                    if (++done % 100 == 0)
                        TestContext.Current.SendDiagnosticMessage($"{done} of {count}, {wrong.Count} wrong");
                }
            }
        );

        var summary = string.Join('\n', statistics.Select(line => $"  {$"{line.Value}".PadLeft(5)} {line.Key}"));
        TestContext.Current.TestOutputHelper?.WriteLine(summary);
        if (Environment.GetEnvironmentVariable("SOAK_REPORT") is { Length: > 0 } report)
            await File.WriteAllTextAsync(report, $"{summary}\n{string.Join('\n', wrong)}\n", CancellationToken.None);
        wrong.Should().BeEmpty(summary);
    }

    /// <summary>1011: the disk was full when the journal of a file was written.</summary>
    [Theory]
    [InlineData(1011)]
    public async Task What_once_failed_does_not_again(int seed)
    {
        await using var hub = await TestHubFixture.StartAsync("--page-size", "4", "--token", Token);

        (await RunAsync(hub, new SoakCase(seed), TestContext.Current.CancellationToken)).Should().Be("7 then 0");
    }

    private async Task<string> RunAsync(TestHubFixture hub, SoakCase soak, CancellationToken cancellation)
    {
        var folder = soak.WriteTo(hub, Token);
        var expected = await ExpectedAsync(folder);
        foreach (var fault in soak.Faults)
            await hub.FaultAsync(fault);
        var home = Directory.CreateDirectory(Path.Combine(nix.Folder, $"soak-{soak.Seed}")).FullName;
        try
        {
            var run = new SoakRun(nix, hub, soak, home, Token, expected);
            var outcome = await run.StartAsync(soak.KillAfter, Longest);
            Check(soak, outcome, expected);
            var result = outcome.ExitCode.ToString(CultureInfo.InvariantCulture);
            if (outcome.ExitCode != 0)
            {
                // The weather clears: the same command ends well, whatever the first one left.
                await hub.ClearFaultsAsync(soak.Repository);
                var again = await run.StartAsync(null, Longest, roomy: true);
                again.ExitCode.Should().Be(0, $"the same command must finish: {again.Errors}\nafter\n{outcome.Errors}");
                Check(soak, again, expected);
                result += " then 0";
            }

            (await hub.RecordAsync(soak.Repository))
                .Should()
                .NotContain(request => request.Origin == "cdn" && request.Authorization, "a CDN never sees a token");
            return result;
        }
        finally
        {
            await hub.ClearFaultsAsync(soak.Repository);
            await hub.ClearRecordAsync(soak.Repository);
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
            await Executable.RunAsync("sh", ["-c", "chmod -R u+w \"$0\"; rm -rf \"$0\"", home]);
        }
    }

    private static void Check(SoakCase soak, SoakOutcome outcome, string expected)
    {
        outcome.Elapsed.Should().BeLessThan(Longest, $"it must not hang: {outcome.Errors}");
        (outcome.Output + outcome.Errors).Should().NotContain(Token, "a token never shows");
        outcome.Errors.Should().NotContain("this is a bug", "every fault is foreseen");
        if (outcome.ExitCode == 0)
            outcome.Hash.Should().Be(expected, $"a hash that is printed is that of the repository: {outcome.Errors}");
        else
            outcome.Output.Should().NotContain("sha256-", "nothing is printed that was not verified");
        int[] documented = [0, 3, 5, 6, 7, 130, 137, 143];
        if (soak.Way is not (SoakWay.BuildOld or SoakWay.BuildCurrent))
            documented.Should().Contain(outcome.ExitCode, outcome.Errors);
        outcome.ExitCode.Should().NotBe(102, "Nix compares what was verified");
    }

    /// <summary>Nix' own hash of the folder, in hexadecimal.</summary>
    private static async Task<string> ExpectedAsync(string folder)
    {
        var outcome = await Executable.RunAsync("nix-hash", ["--type", "sha256", folder]);
        return outcome.Output.Trim();
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
