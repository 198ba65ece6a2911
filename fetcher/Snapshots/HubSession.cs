using NixAiModels.Hub;
using NixAiModels.Terminal;
using NixAiModels.Transfer;
using NixAiModels.Xet;

namespace NixAiModels.Snapshots;

/// <summary>A connection to one hub, and what every download over it shares.</summary>
public sealed class HubSession : IDisposable
{
    /// <summary>Makes a session; nothing is sent yet.</summary>
    /// <param name="endpoint">The hub.</param>
    /// <param name="token">The token for it, or <see langword="null"/> for none.</param>
    /// <param name="transfer">How bytes are moved.</param>
    /// <param name="caBundle">A file of CA certificates; see <see cref="HubOptions.CaBundle"/>.</param>
    /// <param name="budget">How long to retry; the default where it is <see langword="null"/>.</param>
    /// <param name="findType">See <see cref="HubOptions.FindType"/>.</param>
    /// <exception cref="Failure">A proxy variable or the file of certificates cannot be used (exit codes 2 and
    /// 7).</exception>
    public HubSession(
        HubEndpoint endpoint,
        HubToken? token,
        TransferOptions transfer,
        string? caBundle = null,
        RetryBudget? budget = null,
        bool findType = false
    )
    {
        ArgumentNullException.ThrowIfNull(transfer);
        (Endpoint, Transfer) = (endpoint, transfer);
        Client = new HubClient(
            endpoint,
            token,
            new HubOptions
            {
                Connections = transfer.Connections ?? transfer.MaxConnections,
                CaBundle = caBundle,
                Budget = budget ?? new RetryBudget(),
                Warn = Warnings.Add,
                FindType = findType,
            }
        );
        Transport = new XetTransport(Client, transfer, Log.Warning, Log.Line);
    }

    /// <summary>The hub's address.</summary>
    public HubEndpoint Endpoint { get; }

    /// <summary>The client of the hub's API.</summary>
    public HubClient Client { get; }

    /// <summary>Opens the hub's files.</summary>
    public XetTransport Transport { get; }

    /// <summary>How bytes are moved.</summary>
    public TransferOptions Transfer { get; }

    /// <summary>Failures that were retried.</summary>
    public Warnings Warnings { get; } = new();

    /// <summary>Closes the connections.</summary>
    public void Dispose() => Client.Dispose();
}
