using System.Diagnostics;
using NixAiModels.Store.Daemon;
using NixAiModels.Tests.Nix;
using NixAiModels.Tests.Published;

namespace NixAiModels.Tests.Store;

/// <summary>A real Nix daemon on a socket of its own, over the test's store.</summary>
internal sealed class RunningDaemon : IAsyncDisposable
{
    private readonly Process _process;

    private RunningDaemon(Process process, string socket) => (_process, Socket) = (process, socket);

    public string Socket { get; }

    public static async Task<RunningDaemon> StartAsync(NixFixture nix, NixVersion version)
    {
        // A socket's path may have 107 bytes.
        var folder = Directory.CreateTempSubdirectory("nixd-").FullName;
        var socket = Path.Combine(folder, "s", "socket");
        var environment = nix.EnvironmentOf(version);
        environment["NIX_DAEMON_SOCKET_PATH"] = socket;
        var process = Executable.Start("/bin/sh", ["-c", "exec nix-daemon"], environment);
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        while (!File.Exists(socket) && !process.HasExited)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        return new RunningDaemon(process, socket);
    }

    /// <summary>A script that is <c>nix-daemon --stdio</c> of a version over the test's store.</summary>
    public static DaemonAddress AsChild(NixFixture nix, NixVersion version)
    {
        var environment = nix.EnvironmentOf(version);
        var script = Path.Combine(nix.Folder, $"nix-daemon-{version}");
        Executable.WriteScript(
            script,
            "#!/bin/sh\n"
                + string.Concat(environment.Select(pair => $"export {pair.Key}='{pair.Value}'\n"))
                + "exec nix-daemon \"$@\"\n"
        );
        return new DaemonAddress(null, script);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(Socket))!, recursive: true);
    }
}
