using System.Net;
using System.Net.Sockets;

namespace NixAiModels.Tests.Hub;

/// <summary>Makes a port of 127.0.0.1 reachable on another loopback address too.</summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly int port;
    private readonly Task loop;

    public Forwarder(string address, int port)
    {
        this.port = port;
        listener = new TcpListener(IPAddress.Parse(address), port);
        listener.Start();
        loop = Accept();
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await loop;
    }

    /// <summary>Copies bytes both ways until one side ends.</summary>
    public static async Task Splice(Stream one, Stream other)
    {
        try
        {
            await Task.WhenAny(one.CopyToAsync(other), other.CopyToAsync(one));
        }
        catch (IOException)
        {
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        using (var target = new TcpClient())
        {
            await target.ConnectAsync(IPAddress.Loopback, port);
            await Splice(client.GetStream(), target.GetStream());
        }
    }
}
