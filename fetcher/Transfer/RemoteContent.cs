namespace NixAiModels.Transfer;

/// <summary>One file to be transferred.</summary>
/// <param name="Source">Where its bytes are.</param>
/// <param name="Path">What it is called in messages: its path in the repository.</param>
/// <param name="Destination">The absolute path of the local file; its folder exists.</param>
/// <param name="Size">Its size in bytes, as the listing says.</param>
/// <param name="Digest">What its bytes must hash to.</param>
/// <param name="Journal">Where to note which ranges have arrived so that an interrupted transfer can go on;
/// <see langword="null"/> where nothing outlives a failure (a fixed-output derivation).</param>
public sealed record RemoteContent(
    IRemoteFile Source, string Path, string Destination, long Size, ContentDigest Digest, string? Journal);
