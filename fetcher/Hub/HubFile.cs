using NixAiModels.Transfer;

namespace NixAiModels.Hub;

/// <summary>A file as the Hub lists it; its path is unchecked.</summary>
/// <param name="Path">Its path in the repository, with <c>/</c>.</param>
/// <param name="Size">The size of its content in bytes.</param>
/// <param name="Digest">The digest of its content: a sha256 where it is in LFS, else git's blob id.</param>
public sealed record HubFile(string Path, long Size, ContentDigest Digest)
{
    /// <summary>The hash by which Xet knows its content, 64 hexadecimal digits; <see langword="null"/> where the
    /// listing names none.</summary>
    public string? XetHash { get; init; }

    /// <summary>Whether its content is an LFS object.</summary>
    public bool IsLfs => Digest is Sha256Digest;
}
