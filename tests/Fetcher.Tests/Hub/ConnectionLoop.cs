using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace NixAiModels.Tests.Hub;

/// <summary>Listens, and serves each connection until it ends or breaks.</summary>
internal sealed class ConnectionLoop : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource end = new();
    private readonly Func<TcpClient, CancellationToken, Task> serve;
    private readonly Task loop;

    public ConnectionLoop(IPAddress address, int port, Func<TcpClient, CancellationToken, Task> serve)
    {
        this.serve = serve;
        listener = new TcpListener(address, port);
        listener.Start();
        loop = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await loop;
        listener.Dispose();
        end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptTcpClientAsync(end.Token), end.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task Serve(TcpClient client, CancellationToken cancellation)
    {
        using (client)
        {
            try
            {
                await serve(client, cancellation);
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or AuthenticationException)
            {
                // The other side went away, as tests want it to.
            }
        }
    }
}
