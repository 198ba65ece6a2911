using System.Security.Cryptography;
using NixAiModels.Nar;
using NixAiModels.Transfer;

namespace NixAiModels.Snapshots;

/// <summary>The hash of a snapshot, made of the very bytes with which every one of its files was verified. There is no
/// other way to have one: of a file that nobody has listed or pinned there is none.</summary>
public sealed class VerifiedHash
{
    private VerifiedHash(NixHash value) => Value = value;

    /// <summary>The hash.</summary>
    public NixHash Value { get; }

    /// <summary>Archives and hashes a transfer's files while they arrive, in one pass that verifies them. If a file is
    /// wrong and is downloaded again, another pass begins.</summary>
    /// <param name="run">The transfer, whose files are in NAR order and read by this.</param>
    /// <param name="begin">Called at the beginning of each pass; returns who else receives the archive. An archive that
    /// another pass follows was wrong.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The NAR hash.</returns>
    /// <exception cref="ContentMismatch">A file is wrong and cannot be downloaded again.</exception>
    internal static async Task<VerifiedHash> OfArchiveAsync(
        TransferRun run,
        Func<CancellationToken, Task<NarSink>>? begin,
        CancellationToken cancellation
    )
    {
        RequireExpected(run);
        while (true)
        {
            var sink = begin is null ? null : await begin(cancellation);
            if (await PassAsync(run, sink, cancellation) is { } hash)
                return hash;
        }
    }

    /// <summary>The sha256 of a transfer's one file.</summary>
    /// <param name="run">The transfer, whose file is read by this.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal static async Task<VerifiedHash> OfFileAsync(TransferRun run, CancellationToken cancellation)
    {
        var file = run.Files.Single();
        RequireExpected(run);
        while (true)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var isListed = file.Content.Digest is Sha256Digest;
            if (await run.ReadAsync(file, isListed ? null : hash.AppendData, cancellation) is null)
                continue;
            return new VerifiedHash(
                isListed ? NixHash.Parse(file.Content.Digest.Hex) : NixHash.OfDigest(hash.GetHashAndReset())
            );
        }
    }

    private static void RequireExpected(TransferRun run)
    {
        if (run.Files.FirstOrDefault(file => file.Content.Digest is FirstUseDigest) is { } file)
            throw new InvalidOperationException($"nothing is known of {file.Content.Path}: it cannot be verified");
    }

    private static async Task<VerifiedHash?> PassAsync(TransferRun run, NarSink? sink, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = run.Files.ToDictionary(file => file.Content.Path, StringComparer.Ordinal);
        var verified = new HashSet<VerifiedFile>();
        var isComplete = await NarSnapshot.WriteAsync(
            run.Files.Select(file => new NarFile(file.Content.Path, file.Content.Size)),
            async (file, content, token) =>
                await run.ReadAsync(files[file.Path], content.Invoke, token) is { } proof && verified.Add(proof),
            new NarWriter((NarSink)hash.AppendData + sink),
            cancellation
        );
        return isComplete && verified.Count == run.Files.Count
            ? new VerifiedHash(NixHash.OfDigest(hash.GetHashAndReset()))
            : null;
    }
}
