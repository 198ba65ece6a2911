namespace NixAiModels.Transfer;

/// <summary>A file to transfer.</summary>
/// <param name="Source">Where to download it from.</param>
/// <param name="Path">Its path in the repository, for messages.</param>
/// <param name="Size">Its listed size in bytes.</param>
/// <param name="Digest">Its expected digest.</param>
/// <param name="Sink">Where its bytes are stored; the transfer disposes it.</param>
public sealed record RemoteContent(IRemoteFile Source, string Path, long Size, ContentDigest Digest, IContentSink Sink)
{
    /// <summary>How often the file is downloaded again where its bytes are wrong.</summary>
    public int Restarts { get; init; } = 2;
}
