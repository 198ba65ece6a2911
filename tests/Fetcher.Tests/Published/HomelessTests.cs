using NixAiModels.Tests.Hub;

namespace NixAiModels.Tests.Published;

public class HomelessTests
{
    [Fact]
    public async Task Https_works_for_a_user_who_has_neither_a_home_nor_a_name()
    {
        await using var hub = await TestHubFixture.StartAsync("--https");
        hub.Repository("acme/tiny").File("config.json", "{}");
        var authority = Path.GetTempFileName();
        File.Copy(hub.CertificateAuthorityFile, authority, overwrite: true);
        File.SetUnixFileMode(authority, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        string[] command = [Executable.Prefetch, "acme/tiny", "--dry-run"];
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
        File.Delete(authority);
    }
}
