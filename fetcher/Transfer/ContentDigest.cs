using System.Security.Cryptography;
using System.Text;

namespace NixAiModels.Transfer;

/// <summary>The expected digest of a file.</summary>
/// <param name="Kind">The algorithm.</param>
/// <param name="Hex">The digest, lower-case hexadecimal.</param>
public sealed record ContentDigest(ContentDigest.Algorithm Kind, string Hex)
{
    /// <summary>How the bytes of a file are hashed.</summary>
    public enum Algorithm
    {
        /// <summary>SHA-256 of the content: the id of an LFS object.</summary>
        Sha256,

        /// <summary>SHA-1 of <c>"blob " + size + NUL + content</c>: git's id of a regular file.</summary>
        GitBlob,
    }

    /// <summary>The algorithm's name in messages.</summary>
    public string Name => Kind == Algorithm.Sha256 ? "sha256" : "git blob id";

    /// <summary>Starts hashing a file.</summary>
    /// <param name="size">The file's size in bytes, part of what git hashes.</param>
    /// <returns>A hash to which the content is appended.</returns>
    public IncrementalHash Begin(long size)
    {
        if (Kind == Algorithm.Sha256)
            return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {size}\0"));
        return hash;
    }
}
