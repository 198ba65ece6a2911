using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>In place of the digest of a file that nobody has listed or pinned: whatever arrives is taken.</summary>
/// <remarks>No <c>VerifiedHash</c> is made of such a file, only a <c>FirstUseHash</c>.</remarks>
public sealed record FirstUseDigest : ContentDigest
{
    /// <summary>Makes one.</summary>
    public FirstUseDigest()
        : base("") { }

    /// <inheritdoc/>
    public override string Name => "sha256";

    /// <inheritdoc/>
    public override IncrementalHash Begin(long size) => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <inheritdoc/>
    internal override bool Accepts(string hex) => true;
}
