using System.Net;
using System.Net.Sockets;

namespace NixAiModels.Tests.Hub;

/// <summary>Makes a port of 127.0.0.1 reachable on another loopback address too.</summary>
internal sealed class Forwarder(string address, int port) : IAsyncDisposable
{
    private readonly ConnectionLoop _connections = new(
        IPAddress.Parse(address),
        port,
        async (client, cancellation) =>
        {
            using var target = new TcpClient();
            await target.ConnectAsync(IPAddress.Loopback, port, cancellation);
            await SpliceAsync(client.GetStream(), target.GetStream(), cancellation);
        }
    );

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    /// <summary>Copies bytes both ways until one side ends.</summary>
    public static async Task SpliceAsync(Stream one, Stream other, CancellationToken cancellation) =>
        await await Task.WhenAny(one.CopyToAsync(other, cancellation), other.CopyToAsync(one, cancellation));
}
