using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Published;

public class HomelessTests
{
    [Fact]
    public async Task Https_works_for_a_user_who_has_neither_a_home_nor_a_name()
    {
        await using var hub = await TestHubFixture.StartAsync("--https");
        hub.Repository("acme/tiny").File("config.json", "{}");
        // Where anybody may enter, wherever the checkout is.
        var folder = Directory.CreateTempSubdirectory("homeless-").FullName;
        (await Executable.RunAsync("cp", [Executable.Fetcher, Path.Combine(folder, "nix-prefetch-hf")]))
            .ExitCode.Should()
            .Be(0);
        var authority = Path.Combine(folder, "authority.pem");
        File.Copy(hub.CertificateAuthorityFile, authority);
        (await Executable.RunAsync("chmod", ["-R", "a+rX", folder])).ExitCode.Should().Be(0);
        string[] command = [Path.Combine(folder, "nix-prefetch-hf"), "acme/tiny", "--dry-run"];
        // Only root can become somebody whom /etc/passwd does not know, as a build's user may be; others are at least
        // without HOME.
        if (Environment.IsPrivilegedProcess)
            command = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", .. command];

        var outcome = await Executable.RunAsync(
            command[0],
            command[1..],
            new Dictionary<string, string> { ["SSL_CERT_FILE"] = authority, ["HF_ENDPOINT"] = hub.Endpoint }
        );

        outcome.ExitCode.Should().Be(0, outcome.Errors);
        outcome.Output.Should().Contain("config.json");
        Directory.Delete(folder, recursive: true);
    }
}
