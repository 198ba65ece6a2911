using System.Buffers.Binary;
using System.Net.Sockets;

namespace NixAiModels.Tests.Store;

/// <summary>Stands between a client and a real daemon and makes each believe that the other speaks an older version: how a current Nix shows
/// what all the older ones say.</summary>
internal sealed class OlderProtocol : IDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string daemon;
    private readonly ulong version;

    public OlderProtocol(string daemon, int minor)
    {
        this.daemon = daemon;
        version = (1UL << 8) | (uint)minor;
        Path = $"{daemon}-{minor}";
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        _ = Serve();
    }

    public string Path { get; }

    public void Dispose() => listener.Dispose();

    private async Task Serve()
    {
        using var client = await listener.AcceptAsync();
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await server.ConnectAsync(new UnixDomainSocketEndPoint(daemon));
        await Task.WhenAll(Relay(client, server), Relay(server, client));
    }

    // In both directions the version is the second number.
    private async Task Relay(Socket from, Socket to)
    {
        using var input = new NetworkStream(from);
        using var output = new NetworkStream(to);
        var head = new byte[16];
        await input.ReadExactlyAsync(head);
        var said = BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(8));
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(8), Math.Min(said, version));
        await output.WriteAsync(head);
        await input.CopyToAsync(output);
        to.Shutdown(SocketShutdown.Send);
    }
}
