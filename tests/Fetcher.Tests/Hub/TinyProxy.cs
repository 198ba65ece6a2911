using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NixAiModels.Tests.Hub;

/// <summary>A proxy on 127.0.0.1: plain HTTP, CONNECT and SOCKS 5. It connects to this machine whatever the requested
/// name.</summary>
internal sealed class TinyProxy : IAsyncDisposable
{
    private readonly ConnectionLoop _connections;
    private readonly string? _password;

    /// <param name="password">"user:password" that clients must send, if any.</param>
    public TinyProxy(string? password = null)
    {
        _password = password;
        _connections = new ConnectionLoop(IPAddress.Loopback, 0, ServeAsync);
    }

    public int Port => _connections.Port;

    /// <summary>"GET http://…", "CONNECT host:port" or "SOCKS host:port", as it let them through.</summary>
    public ConcurrentQueue<string> Passed { get; } = [];

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken cancellation)
    {
        var stream = client.GetStream();
        var first = await ByteAsync(stream);
        if (first == 5)
            await SocksAsync(stream, cancellation);
        else
            await HttpAsync(stream, (char)first, cancellation);
    }

    private async Task HttpAsync(NetworkStream stream, char first, CancellationToken cancellation)
    {
        while (true)
        {
            var head = first + await ScriptedServer.ReadHeadAsync(stream, cancellation);
            if (head.Length < 2)
                return;
            var expected = _password is null
                ? null
                : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(_password))}";
            if (expected is not null && !head.Contains(expected, StringComparison.OrdinalIgnoreCase))
            {
                await WriteAsync(
                    stream,
                    "HTTP/1.1 407 X\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                        + "Content-Length: 0\r\n\r\n"
                );
                var next = new byte[1];
                if (await stream.ReadAsync(next, cancellation) == 0)
                    return;
                first = (char)next[0];
                continue;
            }

            var words = head.Split(' ');
            Passed.Enqueue($"{words[0]} {words[1]}");
            var address = words[0] == "CONNECT" ? new Uri("http://" + words[1]) : new Uri(words[1]);
            using var target = await ConnectAsync(address.Port);
            if (words[0] == "CONNECT")
            {
                await WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\n");
            }
            else
            {
                await WriteAsync(
                    target.GetStream(),
                    head.Replace(words[1], address.PathAndQuery, StringComparison.Ordinal)
                );
            }

            await Forwarder.SpliceAsync(stream, target.GetStream(), cancellation);
            return;
        }
    }

    /// <summary>RFC 1928, and RFC 1929 for the password.</summary>
    private async Task SocksAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var methods = new byte[await ByteAsync(stream)];
        await stream.ReadExactlyAsync(methods, cancellation);
        await stream.WriteAsync(new byte[] { 5, (byte)(_password is null ? 0 : 2) }, cancellation);
        if (_password is not null)
        {
            await ByteAsync(stream);
            var user = await TextAsync(stream);
            var good = $"{user}:{await TextAsync(stream)}" == _password;
            await stream.WriteAsync(new byte[] { 1, (byte)(good ? 0 : 1) }, cancellation);
            if (!good)
                return;
        }

        var request = new byte[4];
        await stream.ReadExactlyAsync(request, cancellation);
        var host = request[3] == 3 ? await TextAsync(stream) : new IPAddress(await BytesAsync(stream, 4)).ToString();
        var port = await BytesAsync(stream, 2);
        var number = (port[0] << 8) + port[1];
        Passed.Enqueue($"SOCKS {host}:{number}");
        using var target = await ConnectAsync(number);
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, cancellation);
        await Forwarder.SpliceAsync(stream, target.GetStream(), cancellation);
    }

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        var target = new TcpClient();
        await target.ConnectAsync(IPAddress.Loopback, port);
        return target;
    }

    private static async Task<byte> ByteAsync(Stream stream) => (await BytesAsync(stream, 1))[0];

    private static async Task<string> TextAsync(Stream stream) =>
        Encoding.UTF8.GetString(await BytesAsync(stream, await ByteAsync(stream)));

    private static async Task<byte[]> BytesAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static Task WriteAsync(Stream stream, string text) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();
}
