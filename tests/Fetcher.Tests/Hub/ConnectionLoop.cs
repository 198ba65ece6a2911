using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace NixAiModels.Tests.Hub;

/// <summary>Listens, and serves each connection until it ends or breaks.</summary>
internal sealed class ConnectionLoop : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Func<TcpClient, CancellationToken, Task> _serve;
    private readonly Task _loop;

    public ConnectionLoop(IPAddress address, int port, Func<TcpClient, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener = new TcpListener(address, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token), _end.Token);
        }
        catch (OperationCanceledException) { }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellation)
    {
        using (client)
        {
            try
            {
                await _serve(client, cancellation);
            }
            catch (Exception exception)
                when (exception
                        is IOException
                            or SocketException
                            or OperationCanceledException
                            or AuthenticationException
                )
            {
                // The peer has disconnected, as tests make it do.
            }
        }
    }
}
