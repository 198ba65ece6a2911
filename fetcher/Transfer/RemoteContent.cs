namespace NixAiModels.Transfer;

/// <summary>One file to be transferred.</summary>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Path">What it is called in messages: its path in the repository.</param>
/// <param name="Size">Its size in bytes, as the listing says.</param>
/// <param name="Digest">What its bytes must hash to.</param>
/// <param name="Sink">Where its bytes go; the transfer closes it.</param>
public sealed record RemoteContent(IRemoteFile Source, string Path, long Size, ContentDigest Digest, IContentSink Sink);
