using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NixAiModels.Tests.Hub;

/// <summary>A proxy on 127.0.0.1: plain HTTP, CONNECT and SOCKS 5. Whatever name it is asked for, it connects to this machine.</summary>
internal sealed class TinyProxy : IAsyncDisposable
{
    private readonly ConnectionLoop connections;
    private readonly string? password;

    /// <param name="password">"user:password" that clients must send, if any.</param>
    public TinyProxy(string? password = null)
    {
        this.password = password;
        connections = new ConnectionLoop(IPAddress.Loopback, 0, Serve);
    }

    public int Port => connections.Port;

    /// <summary>"GET http://…", "CONNECT host:port" or "SOCKS host:port", as they were let through.</summary>
    public ConcurrentQueue<string> Passed { get; } = [];

    public ValueTask DisposeAsync() => connections.DisposeAsync();

    private async Task Serve(TcpClient client, CancellationToken cancellation)
    {
        var stream = client.GetStream();
        var first = await Byte(stream);
        if (first == 5) await Socks(stream, cancellation);
        else await Http(stream, (char)first, cancellation);
    }

    private async Task Http(NetworkStream stream, char first, CancellationToken cancellation)
    {
        while (true)
        {
            var head = first + await ScriptedServer.ReadHead(stream, cancellation);
            if (head.Length < 2) return;
            var expected = password is null ? null : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(password))}";
            if (expected is not null && !head.Contains(expected, StringComparison.OrdinalIgnoreCase))
            {
                await Write(stream, "HTTP/1.1 407 X\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
                var next = new byte[1];
                if (await stream.ReadAsync(next, cancellation) == 0) return;
                first = (char)next[0];
                continue;
            }

            var words = head.Split(' ');
            Passed.Enqueue($"{words[0]} {words[1]}");
            var address = words[0] == "CONNECT" ? new Uri("http://" + words[1]) : new Uri(words[1]);
            using var target = await Connect(address.Port);
            if (words[0] == "CONNECT") await Write(stream, "HTTP/1.1 200 OK\r\n\r\n");
            else await Write(target.GetStream(), head.Replace(words[1], address.PathAndQuery, StringComparison.Ordinal));
            await Forwarder.Splice(stream, target.GetStream(), cancellation);
            return;
        }
    }

    /// <summary>RFC 1928, and RFC 1929 for the password.</summary>
    private async Task Socks(NetworkStream stream, CancellationToken cancellation)
    {
        var methods = new byte[await Byte(stream)];
        await stream.ReadExactlyAsync(methods, cancellation);
        await stream.WriteAsync(new byte[] { 5, (byte)(password is null ? 0 : 2) }, cancellation);
        if (password is not null)
        {
            await Byte(stream);
            var user = await Text(stream);
            var good = $"{user}:{await Text(stream)}" == password;
            await stream.WriteAsync(new byte[] { 1, (byte)(good ? 0 : 1) }, cancellation);
            if (!good) return;
        }

        var request = new byte[4];
        await stream.ReadExactlyAsync(request, cancellation);
        var host = request[3] == 3 ? await Text(stream) : new IPAddress(await Bytes(stream, 4)).ToString();
        var port = await Bytes(stream, 2);
        var number = (port[0] << 8) + port[1];
        Passed.Enqueue($"SOCKS {host}:{number}");
        using var target = await Connect(number);
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, cancellation);
        await Forwarder.Splice(stream, target.GetStream(), cancellation);
    }

    private static async Task<TcpClient> Connect(int port)
    {
        var target = new TcpClient();
        await target.ConnectAsync(IPAddress.Loopback, port);
        return target;
    }

    private static async Task<byte> Byte(Stream stream) => (await Bytes(stream, 1))[0];

    private static async Task<string> Text(Stream stream) => Encoding.UTF8.GetString(await Bytes(stream, await Byte(stream)));

    private static async Task<byte[]> Bytes(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static Task Write(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();
}
