using System.Diagnostics;
using System.Globalization;
using System.Text;
using NixAiModels.Tests.Hub;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Booted;

/// <summary>The tests of <c>make test-system</c> share one machine.</summary>
[CollectionDefinition(nameof(Machine))]
public sealed class MachineCollection : ICollectionFixture<Machine>;

/// <summary>A small Debian that systemd has booted, with Nix' daemon and its sandbox (tests/system), and the test hub
/// that it reaches. Its files outlive a reboot.</summary>
public sealed class Machine : IAsyncLifetime
{
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly TimeSpan LongestBoot = TimeSpan.FromMinutes(1);

    private readonly string _changes = Path.Combine(
        Executable.Root,
        "artifacts/system",
        $"run-{Environment.ProcessId}"
    );
    private Process? _container;
    private string _init = "";

    /// <summary>The hub, which has no certificate: <c>auth.endpoints</c> must name it.</summary>
    public TestHubFixture Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Hub = await TestHubFixture.StartAsync();
        Directory.CreateDirectory(_changes);
        _container = Process.Start(
            new ProcessStartInfo(Path.Combine(Executable.Root, "tests/system/boot"), [_changes])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            }
        )!;
        _ = _container.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _ = _container.StandardError.ReadToEndAsync(CancellationToken.None);
        await BootedAsync(before: "");
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
        {
            await RunAsync("systemctl poweroff --force");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await _container.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_container.HasExited)
                _container.Kill(entireProcessTree: true);
            _container.Dispose();
        }

        await Hub.DisposeAsync();
        await Executable.RunAsync("rm", ["-rf", "--one-file-system", _changes]);
    }

    /// <summary>Runs a script as root.</summary>
    public Task<Outcome> RunAsync(string script) => RunAsync(script, user: null);

    /// <summary>Runs a script, which must succeed.</summary>
    public async Task<string> DoAsync(string script)
    {
        var outcome = await RunAsync(script);
        outcome.ExitCode.Should().Be(0, $"{script}: {outcome.Output}{outcome.Errors}");
        return outcome.Output.Trim();
    }

    /// <summary>Runs a script as a user in the user's home, or as root.</summary>
    public Task<Outcome> RunAsync(string script, string? user, params string[] environment)
    {
        string[] become = user is null
            ? ["env", "-i", "HOME=/root"]
            :
            [
                "setpriv",
                "--reuid",
                user,
                "--regid",
                user,
                "--init-groups",
                "env",
                "-i",
                $"HOME=/home/{user}",
                $"USER={user}",
            ];
        return Executable.RunAsync(
            "nsenter",
            [
                "--target",
                _init,
                "--mount",
                "--uts",
                "--ipc",
                "--pid",
                "--root",
                "--wd",
                .. become,
                $"PATH={SearchPath}",
                "NIX_REMOTE=daemon",
                .. environment,
                "bash",
                "-euo",
                "pipefail",
                "-c",
                script,
            ]
        );
    }

    /// <summary>Writes a file of the machine.</summary>
    public async Task WriteAsync(string path, string text, string mode = "0600") =>
        await DoAsync(
            $"mkdir -p \"$(dirname '{path}')\"; base64 -d >'{path}' "
                + $"<<<'{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}'; chmod {mode} '{path}'"
        );

    /// <summary>Waits until a script succeeds.</summary>
    public async Task UntilAsync(string script, int seconds = 30)
    {
        var started = Stopwatch.StartNew();
        while ((await RunAsync(script)).ExitCode != 0)
        {
            started
                .Elapsed.TotalSeconds.Should()
                .BeLessThan(seconds, $"{script}\n{(await RunAsync("journalctl -n 40 --no-pager")).Output}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Shuts the machine down and boots it again.</summary>
    public async Task RebootAsync()
    {
        await RunAsync("systemctl reboot");
        await BootedAsync(before: _init);
    }

    private async Task BootedAsync(string before)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            if (_container!.HasExited || started.Elapsed > LongestBoot)
                throw new InvalidOperationException("the machine does not boot; next: tests/system/boot FOLDER");
            await Task.Delay(100, CancellationToken.None);
            if (Init() is not { } init || init == before)
                continue;
            _init = init;
            var state = await RunAsync("systemctl is-system-running");
            if (state.Output.Trim() is "running" or "degraded")
                return;
        }
    }

    /// <summary>The process that is number one in the container.</summary>
    private string? Init()
    {
        try
        {
            return Below(_container!.Id.ToString(CultureInfo.InvariantCulture))
                .FirstOrDefault(process => File.ReadAllText($"/proc/{process}/comm") == "systemd\n");
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Below(string process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(child => Below(child).Prepend(child));
}
