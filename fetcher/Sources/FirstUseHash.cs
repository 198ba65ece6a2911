using System.Security.Cryptography;
using NixAiModels.Nar;
using NixAiModels.Snapshots;
using NixAiModels.Transfer;

namespace NixAiModels.Sources;

/// <summary>The sha256 of a file that nobody has listed or pinned: of the bytes that arrived, as many as the server
/// says there are, all of one version of the file (<c>ETag</c>). That they are the right ones it does not prove, and so
/// it is not a <see cref="VerifiedHash"/>: whoever pins it trusts the server this once. Where the server says what the
/// file hashes to, that is checked instead, as with the listing of a hub. Only a complete transfer makes one.</summary>
public sealed class FirstUseHash
{
    private FirstUseHash(NixHash value) => Value = value;

    /// <summary>The hash.</summary>
    public NixHash Value { get; }

    /// <summary>Hashes a transfer's one file while it arrives.</summary>
    /// <param name="run">The transfer, whose file is read by this.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal static async Task<FirstUseHash> OfFileAsync(TransferRun run, CancellationToken cancellation)
    {
        var file = run.Files.Single();
        while (true)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            if (await run.ReadAsync(file, hash.AppendData, cancellation) is not null)
                return new FirstUseHash(NixHash.OfDigest(hash.GetHashAndReset()));
        }
    }
}
