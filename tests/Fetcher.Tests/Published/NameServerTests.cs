using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NixAiModels.Tests.Modules;

namespace NixAiModels.Tests.Published;

/// <summary>Name servers that are there and never answer: the C library alone would wait for half a minute.</summary>
public sealed class NameServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("name-servers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task That_never_answer_are_named_within_ten_seconds()
    {
        if (!ModuleRun.IsRoot)
            return; // the file that names the name servers is replaced for the command alone, by a mount
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.77"), 53));
        var servers = Path.Combine(_folder, "resolv.conf");
        await File.WriteAllTextAsync(
            servers,
            "nameserver 127.0.0.77\nnameserver 127.0.0.77\n",
            TestContext.Current.CancellationToken
        );
        var watch = Stopwatch.StartNew();

        var outcome = await Executable.RunAsync(
            "unshare",
            [
                "--mount",
                "sh",
                "-c",
                $"mount --bind '{servers}' \"$(readlink -f /etc/resolv.conf)\" && exec \"$@\"",
                "sh",
                Executable.Prefetch,
                "acme/tiny",
                "--endpoint",
                "https://hub.example",
                "--no-store",
            ],
            new Dictionary<string, string> { ["HOME"] = _folder }
        );

        outcome.ExitCode.Should().Be((int)ExitCode.Network, outcome.Errors);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
        outcome.Errors.Should().Contain("hub.example").And.MatchRegex("name|DNS");
    }
}
