using System.Security.Cryptography;
using NixAiModels.Posix;

namespace NixAiModels.Nar;

/// <summary>The NAR hash of a tree: the sha256 of its archive, as <c>nix hash path</c> prints it.</summary>
public static class NarHash
{
    /// <summary>Hashes a file or folder on disk.</summary>
    /// <param name="path">A directory, a file or a symbolic link (which is not followed).</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="Failure">As <see cref="NarTree.WriteAsync(string, NarWriter, CancellationToken)"/>.</exception>
    public static Task<NixHash> OfPathAsync(string path, CancellationToken cancellation = default) =>
        OfPathAsync(path, follow: null, cancellation);

    /// <summary>Hashes a file or folder on disk, with the files that its links stand for.</summary>
    /// <param name="path">A directory, a file or a symbolic link.</param>
    /// <param name="follow">Gives the file that a link stands for; <see langword="null"/> hashes links as
    /// links.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal static async Task<NixHash> OfPathAsync(
        string path,
        Func<RawPath, RawPath>? follow,
        CancellationToken cancellation
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await NarTree.WriteAsync(path, new NarWriter(hash.AppendData), follow, cancellation);
        return NixHash.OfDigest(hash.GetHashAndReset());
    }
}
