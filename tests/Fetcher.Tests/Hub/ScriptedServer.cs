using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace NixAiModels.Tests.Hub;

/// <summary>A raw request.</summary>
/// <param name="Method">GET.</param>
/// <param name="Target">The request's target, byte for byte.</param>
/// <param name="Headers">The header lines.</param>
internal sealed record WireRequest(string Method, string Target, string[] Headers)
{
    public string? Header(string name) =>
        Headers
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            ?[(name.Length + 1)..].Trim();
}

/// <summary>A server on 127.0.0.1 that answers with any bytes, valid or not.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly ConnectionLoop _connections;
    private readonly Func<WireRequest, string> _script;
    private readonly X509Certificate2? _certificate;

    /// <param name="script">The response to a request: a whole HTTP message (see <see cref="Answer"/>), one char per
    /// byte; "" closes the connection.</param>
    /// <param name="certificate">Turns TLS on.</param>
    public ScriptedServer(Func<WireRequest, string> script, X509Certificate2? certificate = null)
    {
        (_script, _certificate) = (script, certificate);
        _connections = new ConnectionLoop(IPAddress.Loopback, 0, ServeAsync);
    }

    public int Port => _connections.Port;

    public string Url => $"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}";

    public ConcurrentQueue<WireRequest> Requests { get; } = [];

    public static string Answer(int status, string body = "", params string[] headers) =>
        $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nConnection: close\r\n"
        + $"{string.Concat(headers.Select(header => header + "\r\n"))}\r\n{body}";

    public static string Redirect(string location, int status = 302) => Answer(status, "", $"Location: {location}");

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken cancellation)
    {
        await using var stream = await OpenAsync(client);
        var head = await ReadHeadAsync(stream, cancellation);
        if (head.Length == 0)
            return;
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var request = new WireRequest(first[0], first[1], lines[1..]);
        Requests.Enqueue(request);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(_script(request)), cancellation);
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (_certificate is null)
            return client.GetStream();
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(_certificate);
        return tls;
    }

    internal static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellation) == 0)
                return "";
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
