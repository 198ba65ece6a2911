namespace NixAiModels.Transfer;

/// <summary>A body whose bytes did not all come over the network, or not as they are.</summary>
public interface IMeteredStream
{
    /// <summary>How many bytes have come over the network since the last call.</summary>
    int TakeReceived();
}
