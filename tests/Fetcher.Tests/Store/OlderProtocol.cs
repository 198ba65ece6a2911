using System.Buffers.Binary;
using System.Net.Sockets;

namespace NixAiModels.Tests.Store;

/// <summary>Stands between a client and a real daemon and makes each believe that the other speaks an older version:
/// how a current Nix shows what all the older ones say.</summary>
internal sealed class OlderProtocol : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _daemon;
    private readonly ulong _version;

    public OlderProtocol(string daemon, int minor)
    {
        _daemon = daemon;
        _version = (1UL << 8) | (uint)minor;
        Path = $"{daemon}-{minor}";
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _ = ServeAsync();
    }

    public string Path { get; }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        using var client = await _listener.AcceptAsync();
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await server.ConnectAsync(new UnixDomainSocketEndPoint(_daemon));
        await Task.WhenAll(RelayAsync(client, server), RelayAsync(server, client));
    }

    // In both directions the version is the second number.
    private async Task RelayAsync(Socket from, Socket to)
    {
        using var input = new NetworkStream(from);
        using var output = new NetworkStream(to);
        var head = new byte[16];
        await input.ReadExactlyAsync(head);
        var said = BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(8));
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(8), Math.Min(said, _version));
        await output.WriteAsync(head);
        await input.CopyToAsync(output);
        to.Shutdown(SocketShutdown.Send);
    }
}
