using System.Net;
using System.Net.Sockets;

namespace NixAiModels.Hub;

/// <summary>Opens connections to servers and proxies; unlike .NET's own way it tells name servers that do not answer
/// from a server that does not, and gives up sooner before the first contact.</summary>
internal sealed class SocketConnector(RetryBudget budget, FirstContact contact)
{
    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">It failed; <see cref="SocketError.TryAgain"/> where no name server
    /// answered in time.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        contact.Try();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(
            contact.IsMade || budget.ConnectTimeout < budget.FirstConnectTimeout
                ? budget.ConnectTimeout
                : budget.FirstConnectTimeout
        );
        var reached = SocketError.TryAgain;
        Socket? socket = null;
        try
        {
            // getaddrinfo itself cannot be cancelled.
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, limited.Token)
                .WaitAsync(limited.Token);
            reached = SocketError.TimedOut;
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, limited.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket?.Dispose();
            throw new SocketException((int)reached);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
