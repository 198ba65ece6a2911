using System.Text.RegularExpressions;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Source;

/// <summary>Where packages come from is up to the machine that builds.</summary>
public sealed partial class RegistryTests
{
    [Theory]
    [InlineData("npm config get registry")]
    [InlineData("dotnet nuget list source --format short")]
    [InlineData("apt-get indextargets --format $(REPO_URI)")]
    public async Task No_file_names_the_host_of_a_package_registry(string command)
    {
        // The host that this machine uses is the one that ends up in a lock file or a pasted log.
        var words = command.Split(' ');
        var configured = await Executable.RunAsync(
            words[0],
            words[1..],
            new Dictionary<string, string> { ["HOME"] = Environment.GetEnvironmentVariable("HOME")! }
        );
        configured.ExitCode.Should().Be(0, configured.Errors);
        var hosts = Host().Matches(configured.Output).Select(match => match.Groups["host"].Value).Distinct().ToList();
        hosts.Should().NotBeEmpty(configured.Output);

        var found = await Executable.RunAsync(
            "git",
            ["grep", "-I", "--fixed-strings", "--line-number", .. hosts.SelectMany(host => (string[])["-e", host])]
        );

        found.Output.Should().BeEmpty();
        found.ExitCode.Should().Be(1, found.Errors);
    }

    [GeneratedRegex(@"https?://([^/@\s]*@)?(?<host>[^/:\s]+)")]
    private static partial Regex Host();
}
