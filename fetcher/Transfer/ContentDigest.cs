using System.Security.Cryptography;

namespace NixAiModels.Transfer;

/// <summary>The expected digest of a file's content: a <see cref="Sha256Digest"/> or a <see cref="GitBlobId"/>, or a
/// <see cref="FirstUseDigest"/> where nobody expects any.</summary>
public abstract record ContentDigest
{
    private protected ContentDigest(string hex) => Hex = hex;

    /// <summary>The digest, lower-case hexadecimal.</summary>
    public string Hex { get; }

    /// <summary>The algorithm's name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a file with this digest, hexadecimal, is the expected one.</summary>
    internal virtual bool Accepts(string hex) => hex == Hex;

    /// <summary>Starts hashing a file.</summary>
    /// <param name="size">The file's size in bytes, part of what git hashes.</param>
    /// <returns>A hash to which the content is appended.</returns>
    public abstract IncrementalHash Begin(long size);

    /// <summary>The digest, lower-case hexadecimal.</summary>
    public sealed override string ToString() => Hex;
}
