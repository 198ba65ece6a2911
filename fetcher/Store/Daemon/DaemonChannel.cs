using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace NixAiModels.Store.Daemon;

/// <summary>The two streams to and from a daemon.</summary>
internal sealed class DaemonChannel : IAsyncDisposable
{
    // For a child to clean up after its input has ended.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Process? _child;
    private readonly StringBuilder _complaints = new();

    private DaemonChannel(DaemonAddress address, Stream input, Stream output, Process? child)
    {
        (Address, Input, Output, _child) = (address, input, output, child);
        if (child is null)
            return;
        child.ErrorDataReceived += (_, line) =>
        {
            lock (_complaints)
            {
                if (line.Data is { Length: > 0 } text && _complaints.Length < 1000)
                    _complaints.Append(text).Append(' ');
            }
        };
        child.BeginErrorReadLine();
    }

    public DaemonAddress Address { get; }

    /// <summary>The stream from the daemon.</summary>
    public Stream Input { get; }

    /// <summary>The stream to the daemon.</summary>
    public Stream Output { get; }

    /// <summary>The standard error of a child process, which has the reason if it ended.</summary>
    public string Complaints
    {
        get
        {
            lock (_complaints)
                return _complaints.ToString().Trim();
        }
    }

    /// <summary>Connects to the socket or starts the program.</summary>
    /// <exception cref="Failure">Exit code 7: nobody answers, or the program cannot be started.</exception>
    public static async Task<DaemonChannel> OpenAsync(DaemonAddress address, CancellationToken cancellation)
    {
        try
        {
            return address.Socket is { } socket ? await ConnectAsync(address, socket, cancellation) : Start(address);
        }
        catch (Exception exception)
            when (exception is SocketException or Win32Exception or ArgumentException or IOException)
        {
            throw new Failure(
                ExitCode.LocalIO,
                $"cannot reach the Nix daemon: {address}: {exception.Message}",
                "systemctl status nix-daemon.socket",
                exception
            );
        }
    }

    /// <summary>Hangs up. To a daemon in the middle of an import that is its end, and it removes what it
    /// had.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_child is null)
        {
            await Output.DisposeAsync();
            return;
        }

        try
        {
            // Closing waits for a write that is under way, perhaps for ever.
            var closed = Task.Run(Output.Dispose);
            using var patience = new CancellationTokenSource(Grace);
            await _child.WaitForExitAsync(patience.Token);
            await closed;
        }
        catch (OperationCanceledException)
        {
            _child.Kill();
        }
        catch (IOException)
        {
            // The child ended before it had read everything.
        }

        _child.Dispose();
    }

    private static async Task<DaemonChannel> ConnectAsync(
        DaemonAddress address,
        string path,
        CancellationToken cancellation
    )
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return new DaemonChannel(address, stream, stream, null);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static DaemonChannel Start(DaemonAddress address)
    {
        var start = new ProcessStartInfo(address.Program!, ["--stdio"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        NixCommand.HideSecrets(start);
        var process = Process.Start(start)!;
        return new DaemonChannel(address, process.StandardOutput.BaseStream, process.StandardInput.BaseStream, process);
    }
}
