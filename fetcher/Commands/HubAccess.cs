using NixAiModels.Hub;
using NixAiModels.Snapshots;

namespace NixAiModels.Commands;

/// <summary>A hub, and the way from it to this machine's store.</summary>
/// <param name="Hub">The hub.</param>
/// <param name="Delivery">Brings snapshots from it.</param>
internal sealed record HubAccess(HubClient Hub, SnapshotDelivery Delivery) : IDisposable
{
    /// <summary>Closes the connections.</summary>
    public void Dispose() => Hub.Dispose();
}
